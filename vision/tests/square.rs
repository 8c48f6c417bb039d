//! The square that the vision encoder reads is the one that it was trained on: `fixtures/*.rgb` were made by the recipe
//! (`models/recipe/vision/camera.py`), `run.py vision.check` compares them again.
#![allow(clippy::unwrap_used, reason = "a test that unwraps fails loudly")]

use std::{path::Path, time::Duration};

use hearth_vision::{VideoFrame, square};

const SIDE: u32 = 48;

/// A picture of fine patterns that Python draws by the same rule.
fn patterned(width: u32, height: u32) -> VideoFrame {
    let value = |x: u32, y: u32, c: u32| ((x * 7 + y * 13 + c * 40 + (x * y) % 31 * 3) % 256) as u8;
    let rows = (0..height).flat_map(|y| (0..width).flat_map(move |x| (0..3).map(move |c| value(x, y, c))));
    VideoFrame { at: Duration::ZERO, width, height, rgb: rows.collect() }
}

#[test]
fn squares_are_those_of_the_recipe() {
    for (width, height) in [(100, 60), (20, 30), (48, 48)] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/{width}x{height}.rgb"));
        let expected = std::fs::read(file).unwrap();
        let made = square(&patterned(width, height), SIDE, 114).unwrap();
        assert_eq!(made.rgb.len(), expected.len());
        let worst = made.rgb.iter().zip(&expected).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        assert!(worst <= 1, "{width} x {height}: off by {worst}");
    }
}
