//! Still pictures.

use std::{io::Cursor, time::Duration};

use hearth_vision::VideoFrame;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits, error::LimitErrorKind};

use crate::{
    Error,
    guard::guarded,
    limits::{PICTURE_BYTES_MAX, PICTURE_DECODER_BYTES_MAX, PICTURE_PIXELS_MAX, PICTURE_SIDE_MAX},
};

/// One JPEG, PNG or WebP picture, turned the way the camera says, as the frame at time `at`. Transparency is ignored.
///
/// The size in the header is checked before anything is decoded.
///
/// # Errors
/// [`Error::Unsupported`] for other kinds of pictures, [`Error::LimitReached`] for one that is too large,
/// [`Error::Malformed`] for one that is damaged, [`Error::Broken`] for one that its decoder gave up on.
pub fn decode(bytes: &[u8], at: Duration) -> Result<VideoFrame, Error> {
    if bytes.len() > PICTURE_BYTES_MAX {
        return Err(Error::LimitReached(format!("a picture of {} bytes", bytes.len())));
    }
    guarded(|| decode_unguarded(bytes, at))
}

fn decode_unguarded(bytes: &[u8], at: Duration) -> Result<VideoFrame, Error> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|e| refuse(&e.into()))?;
    if reader.format().is_none() {
        return Err(Error::Malformed("this is no picture of a known kind".into()));
    }
    reader.limits(limits());
    let mut decoder = reader.into_decoder().map_err(|e| refuse(&e))?;
    check_size(decoder.dimensions())?;
    let orientation = decoder.orientation().map_err(|e| refuse(&e))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|e| refuse(&e))?;
    picture.apply_orientation(orientation);
    let rgb = picture.into_rgb8();
    let (width, height) = rgb.dimensions();
    Ok(VideoFrame { at, width, height, rgb: rgb.into_raw().into() })
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(PICTURE_SIDE_MAX);
    limits.max_image_height = Some(PICTURE_SIDE_MAX);
    limits.max_alloc = Some(PICTURE_DECODER_BYTES_MAX);
    limits
}

fn check_size((width, height): (u32, u32)) -> Result<(), Error> {
    if width == 0 || height == 0 {
        return Err(Error::Malformed("a picture without pixels".into()));
    }
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > PICTURE_SIDE_MAX || pixels > PICTURE_PIXELS_MAX {
        return Err(Error::LimitReached(format!("a picture of {width} x {height} pixels")));
    }
    Ok(())
}

fn refuse(error: &ImageError) -> Error {
    match error {
        ImageError::Unsupported(what) => Error::Unsupported(what.to_string()),
        ImageError::Limits(limit) if matches!(limit.kind(), LimitErrorKind::Unsupported { .. }) => {
            Error::Broken(limit.to_string())
        }
        ImageError::Limits(limit) => Error::LimitReached(limit.to_string()),
        other => Error::Malformed(other.to_string()),
    }
}
