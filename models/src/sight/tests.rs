//! A graph that takes the mean of each column shows what reaches the eyes (`models/tests/fixtures/eyes`).
#![allow(clippy::unwrap_used, reason = "a test that unwraps fails loudly")]

use std::{path::Path, time::Duration};

use futures_util::future::join;
use hearth_runtime::{Library, Workers, find_library};
use hearth_vision::VideoFrame;

use super::{PackageEyes, graph};
use crate::{Error, VisionEncoder, core::tests::block_on};

fn library() -> Library {
    let named = std::env::var_os("ORT_DYLIB_PATH").map(std::path::PathBuf::from);
    Library::load(&find_library(None, named.as_deref()).unwrap()).unwrap()
}

fn eyes() -> (PackageEyes, Workers) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/eyes");
    let workers = Workers::start(&library(), 1, 8, &[graph(&folder)]).unwrap();
    (PackageEyes::open(&folder, &workers).unwrap(), workers)
}

fn plain(width: u32, height: u32, rgb: [u8; 3]) -> VideoFrame {
    VideoFrame { at: Duration::ZERO, width, height, rgb: rgb.repeat((width * height) as usize).into() }
}

#[test]
fn pictures_arrive_whole_upright_and_once() {
    let (eyes, _workers) = eyes();
    let (wide, tall) = (plain(40, 20, [200, 100, 50]), plain(10, 20, [8, 80, 160]));
    let (wide, tall) = block_on(join(eyes.look(&wide), eyes.look(&tall)));
    let (wide, tall) = (wide.unwrap(), tall.unwrap());
    assert_ne!(wide.id, tall.id);
    // The wide one fills half of the rows of every column, the tall one all rows of half of the columns.
    assert_eq!(wide.embeddings.len(), 8);
    assert!(wide.embeddings.iter().all(|column| **column == [100.0, 50.0, 25.0]), "{:?}", wide.embeddings);
    let expected = |at: usize| if (2..6).contains(&at) { [8.0, 80.0, 160.0] } else { [0.0; 3] };
    assert!(tall.embeddings.iter().enumerate().all(|(at, column)| **column == expected(at)), "{:?}", tall.embeddings);
}

#[test]
fn what_is_no_picture_is_refused() {
    let (eyes, _workers) = eyes();
    let torn = VideoFrame { rgb: vec![0; 5].into(), ..plain(4, 4, [0; 3]) };
    assert!(matches!(block_on(eyes.look(&torn)), Err(Error::Malformed(_))));
}

#[test]
fn a_config_that_cannot_be_is_named() {
    let (_, workers) = eyes();
    let folder = tempfile::tempdir().unwrap();
    let told = || PackageEyes::open(folder.path(), &workers).err().unwrap().to_string();
    assert!(told().contains("config.json: cannot be read"), "{}", told());
    for (text, reason) in [("{", "is damaged"), (r#"{"side":8,"fill":0,"tokens":0,"embedding":3}"#, "cannot be")] {
        std::fs::write(folder.path().join("config.json"), text).unwrap();
        assert!(told().contains(reason), "{}", told());
    }
}
