//! Another size for a picture.

use std::sync::Arc;

use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};

use crate::{Error, VideoFrame};

/// `frame` as `width` x `height` pixels, whatever that does to its shape. The same size is the same frame.
///
/// # Errors
/// [`Error::Malformed`] for a size of nothing, or a frame whose pixels do not fill it.
pub fn resize(frame: &VideoFrame, width: u32, height: u32) -> Result<VideoFrame, Error> {
    if frame.rgb.len() as u64 != 3 * u64::from(frame.width) * u64::from(frame.height) {
        return Err(Error::Malformed(format!("{} bytes for {} x {}", frame.rgb.len(), frame.width, frame.height)));
    }
    if width == 0 || height == 0 || frame.rgb.is_empty() {
        return Err(Error::Malformed(format!("{} x {} to {width} x {height}", frame.width, frame.height)));
    }
    if (width, height) == (frame.width, frame.height) {
        return Ok(frame.clone());
    }
    Ok(VideoFrame { at: frame.at, width, height, rgb: resample(frame, width, height)? })
}

/// `frame` made smaller until neither side is longer than `side_max`, its shape kept. A frame that fits is the same frame.
///
/// # Errors
/// As for [`resize`].
pub fn fit(frame: &VideoFrame, side_max: u32) -> Result<VideoFrame, Error> {
    let longest = frame.width.max(frame.height);
    if longest <= side_max {
        return resize(frame, frame.width, frame.height);
    }
    let (width, height) = fitted(frame, side_max);
    resize(frame, width, height)
}

/// `frame` as large as it fits into a square of `side` pixels, in the middle; what is left over is `fill` in each channel.
///
/// # Errors
/// As for [`resize`].
pub fn square(frame: &VideoFrame, side: u32, fill: u8) -> Result<VideoFrame, Error> {
    let (width, height) = fitted(frame, side);
    let inner = resize(frame, width, height)?;
    let (left, top, side_bytes) = ((side - width) / 2, (side - height) / 2, 3 * side as usize);
    let mut rgb = vec![fill; side_bytes * side as usize];
    let rows = rgb.chunks_exact_mut(side_bytes).skip(top as usize);
    for (row, from) in rows.zip(inner.rgb.chunks_exact(3 * width as usize)) {
        row[3 * left as usize..][..from.len()].copy_from_slice(from);
    }
    Ok(VideoFrame { at: frame.at, width: side, height: side, rgb: rgb.into() })
}

/// Width and height that make the longer side of `frame` `side` pixels, its shape kept.
fn fitted(frame: &VideoFrame, side: u32) -> (u32, u32) {
    let longest = u64::from(frame.width.max(frame.height)).max(1);
    let scaled = |one: u32| ((u64::from(one) * u64::from(side) + longest / 2) / longest).max(1) as u32;
    (scaled(frame.width), scaled(frame.height))
}

fn resample(frame: &VideoFrame, width: u32, height: u32) -> Result<Arc<[u8]>, Error> {
    let malformed = |error: &dyn std::fmt::Display| Error::Malformed(error.to_string());
    let from = ImageRef::new(frame.width, frame.height, &frame.rgb, PixelType::U8x3).map_err(|e| malformed(&e))?;
    let mut to = Image::new(width, height, PixelType::U8x3);
    // Averages over all pixels that fall together, so that fine patterns do not turn into others.
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    Resizer::new().resize(&from, &mut to, &options).map_err(|e| malformed(&e))?;
    Ok(to.into_vec().into())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn striped(width: u32, height: u32) -> VideoFrame {
        let rgb = (0..width * height).flat_map(|n| if n % 2 == 0 { [255; 3] } else { [0; 3] }).collect();
        VideoFrame { at: Duration::from_millis(40), width, height, rgb }
    }

    #[test]
    fn a_smaller_picture_keeps_shape_and_time_and_blends_what_falls_together() {
        let small = fit(&striped(640, 360), 448).unwrap();
        assert_eq!((small.width, small.height, small.at.as_millis()), (448, 252, 40));
        assert_eq!(small.rgb.len(), 3 * 448 * 252);
        let tiny = fit(&striped(640, 360), 32).unwrap();
        assert!(tiny.rgb.iter().all(|&value| (120..=136).contains(&value)), "fine stripes are grey from afar");
    }

    #[test]
    fn what_fits_is_the_same_frame() {
        let frame = striped(100, 50);
        assert!(Arc::ptr_eq(&fit(&frame, 100).unwrap().rgb, &frame.rgb));
    }

    #[test]
    fn the_thinnest_picture_keeps_a_pixel() {
        let thin = fit(&striped(5_000, 1), 100).unwrap();
        assert_eq!((thin.width, thin.height), (100, 1));
    }

    #[test]
    fn one_colour_stays_that_colour_both_ways() {
        let plain = VideoFrame { at: Duration::ZERO, width: 7, height: 5, rgb: [9, 99, 199].repeat(35).into() };
        for (width, height) in [(3, 2), (64, 64), (1, 1)] {
            let resized = resize(&plain, width, height).unwrap();
            assert_eq!(resized.rgb.as_ref(), [9, 99, 199].repeat((width * height) as usize));
        }
    }

    #[test]
    fn a_square_holds_the_whole_picture_in_its_middle() {
        let plain = VideoFrame { at: Duration::ZERO, width: 4, height: 2, rgb: [9, 99, 199].repeat(8).into() };
        let framed = square(&plain, 8, 114).unwrap();
        assert_eq!((framed.width, framed.height, framed.rgb.len()), (8, 8, 192));
        let rows: Vec<&[u8]> = framed.rgb.chunks_exact(24).collect();
        for (at, row) in rows.iter().enumerate() {
            let expected = if (2..6).contains(&at) { [9, 99, 199].repeat(8) } else { vec![114; 24] };
            assert_eq!(*row, expected, "row {at}");
        }
        let tall = square(&VideoFrame { width: 2, height: 4, ..plain }, 7, 0).unwrap();
        let expected = [vec![0; 3], [9, 99, 199].repeat(4), vec![0; 6]].concat();
        assert!(tall.rgb.chunks_exact(21).all(|row| row == expected), "{:?}", &tall.rgb[..21]);
    }

    #[test]
    fn nothing_is_refused() {
        assert!(resize(&striped(10, 10), 0, 5).is_err());
        assert!(fit(&striped(10, 10), 0).is_ok_and(|frame| frame.width == 1));
        let torn = VideoFrame { rgb: vec![0; 5].into(), ..striped(10, 10) };
        assert!(matches!(resize(&torn, 5, 5), Err(Error::Malformed(_))));
        let empty = VideoFrame { at: Duration::ZERO, width: 0, height: 0, rgb: Vec::new().into() };
        assert!(resize(&empty, 5, 5).is_err());
    }
}
