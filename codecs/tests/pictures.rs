//! Pictures, whole and hostile.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that unwraps fails loudly, as it should")]

use std::{io::Cursor, time::Duration};

use hearth_codecs::{Error, picture};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use proptest::prelude::*;

const KINDS: [ImageFormat; 3] = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP];

fn encoded(picture: &DynamicImage, kind: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, kind).unwrap();
    bytes.into_inner()
}

fn gradient(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, 128])).into()
}

/// A PNG that claims a size and has nothing behind it.
fn claim(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend([width.to_be_bytes(), height.to_be_bytes()].concat());
    header.extend([8, 2, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    bytes.extend(&header);
    bytes.extend(crc(&header).to_be_bytes());
    bytes.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    bytes
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

#[test]
fn every_kind_gives_the_picture() {
    let wanted = gradient(64, 48).into_rgb8();
    for kind in KINDS {
        let frame = picture::decode(&encoded(&gradient(64, 48), kind), Duration::from_secs(3)).unwrap();
        assert_eq!((frame.width, frame.height, frame.at.as_secs()), (64, 48, 3));
        let worst = frame.rgb.iter().zip(wanted.as_raw()).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(worst <= Some(if kind == ImageFormat::Jpeg { 16 } else { 0 }), "{kind:?}: {worst:?}");
    }
}

#[test]
fn grey_deep_and_transparent_pictures_become_rgb() {
    let transparent: DynamicImage = RgbaImage::from_pixel(2, 2, Rgba([10, 20, 30, 0])).into();
    let grey = DynamicImage::ImageLuma16(image::ImageBuffer::from_pixel(2, 2, image::Luma([0x8000])));
    let frame = |picture: &DynamicImage| picture::decode(&encoded(picture, ImageFormat::Png), Duration::ZERO).unwrap();
    assert_eq!(frame(&transparent).rgb.as_ref(), [10, 20, 30].repeat(4));
    assert_eq!(frame(&grey).rgb.len(), 12);
}

#[test]
fn too_large_is_refused_from_the_header() {
    for (width, height) in [(60_000, 60_000), (8_193, 1), (1, 8_193), (8_000, 8_000)] {
        let refused = picture::decode(&claim(width, height), Duration::ZERO);
        assert!(matches!(refused, Err(Error::LimitReached(_))), "{width} x {height}: {refused:?}");
    }
    assert!(matches!(picture::decode(&vec![0; (16 << 20) + 1], Duration::ZERO), Err(Error::LimitReached(_))));
}

#[test]
fn what_is_no_picture_is_malformed_and_other_kinds_are_unsupported() {
    assert!(matches!(picture::decode(b"hello", Duration::ZERO), Err(Error::Malformed(_))));
    assert!(matches!(picture::decode(b"", Duration::ZERO), Err(Error::Malformed(_))));
    assert!(matches!(picture::decode(b"GIF89a\x01\0\x01\0\0\0\0", Duration::ZERO), Err(Error::Unsupported(_))));
    assert!(matches!(picture::decode(&claim(100, 100), Duration::ZERO), Err(Error::Malformed(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn scrambled_pictures_never_panic(
        kind in prop::sample::select(&KINDS[..]),
        scrambles in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        keep in any::<prop::sample::Index>(),
        torn in any::<bool>(),
    ) {
        let mut bytes = encoded(&gradient(40, 30), kind);
        for (place, byte) in scrambles {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if torn {
            bytes.truncate(keep.index(bytes.len()));
        }
        if let Ok(frame) = picture::decode(&bytes, Duration::ZERO) {
            prop_assert_eq!(frame.rgb.len() as u64, 3 * u64::from(frame.width) * u64::from(frame.height));
        }
    }
}
