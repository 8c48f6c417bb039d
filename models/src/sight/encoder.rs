//! The vision encoder: a picture of any size in, a fixed number of embeddings out, through the workers.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use futures_util::future::{BoxFuture, FutureExt};
use hearth_runtime::{GraphSpec, Lane, Tensor, Workers};
use hearth_vision::VideoFrame;
use serde::Deserialize;

use crate::{Error, ImageEmbedding, ImagePart, VisionEncoder};

const LANE: &str = "eyes";
/// Pictures that one run looks at.
const BATCH_MAX: usize = 2;
/// Largest square that a package may ask for.
const SIDE_MAX: u32 = 1024;

/// `eyes/config.json`.
#[derive(Debug, Clone, Deserialize)]
struct EyesFile {
    /// Pixels of each side of the square that the graph reads.
    side: u32,
    /// What fills the square beside the picture, in each channel.
    fill: u8,
    /// Embeddings of a picture.
    tokens: usize,
    /// Numbers of an embedding.
    embedding: usize,
}

/// The graph of the encoder in `folder` (the package's `eyes/`), for [`Workers::start`].
pub(crate) fn graph(folder: &Path) -> GraphSpec {
    GraphSpec::new(LANE, folder.join("encoder.onnx"), BATCH_MAX)
}

/// The eyes of a package.
pub struct PackageEyes {
    lane: Lane,
    file: EyesFile,
}

/// Pictures seen since the process began.
static SEEN: AtomicU64 = AtomicU64::new(0);

impl PackageEyes {
    /// Reads `config.json` in `folder`; the graph runs on `workers`.
    ///
    /// # Errors
    /// [`Error::Broken`] naming the file that is missing or damaged.
    pub(crate) fn open(folder: &Path, workers: &Workers) -> Result<Self, Error> {
        let path = folder.join("config.json");
        let broken = |reason: String| Error::Broken(format!("{}: {reason}", path.display()));
        let text = std::fs::read(&path).map_err(|error| broken(format!("cannot be read ({error})")))?;
        let file: EyesFile = serde_json::from_slice(&text).map_err(|error| broken(format!("is damaged ({error})")))?;
        if file.side == 0 || file.side > SIDE_MAX || file.tokens == 0 || file.embedding == 0 {
            return Err(broken("has sizes that cannot be".into()));
        }
        Ok(Self { lane: workers.lane(LANE)?, file })
    }

    /// Numbers of an embedding.
    pub(crate) fn embedding_width(&self) -> usize {
        self.file.embedding
    }

    async fn see(&self, frame: &VideoFrame) -> Result<ImagePart, Error> {
        let EyesFile { side, fill, tokens, embedding } = self.file;
        let square = hearth_vision::square(frame, side, fill).map_err(|error| Error::Malformed(error.to_string()))?;
        let pixels = square.rgb.iter().map(|&value| f32::from(value)).collect();
        let picture = Tensor::f32(&[1, side as usize, side as usize, 3], pixels)?;
        let numbers = self.lane.run(vec![("picture", picture)]).await?.take_f32("embeddings")?;
        if numbers.len() != tokens * embedding {
            return Err(Error::Broken(format!("the vision encoder gives {} numbers per picture", numbers.len())));
        }
        let embeddings: Vec<ImageEmbedding> = numbers.chunks_exact(embedding).map(Arc::from).collect();
        Ok(ImagePart { id: SEEN.fetch_add(1, Ordering::Relaxed), embeddings: embeddings.into() })
    }
}

impl VisionEncoder for PackageEyes {
    fn look<'a>(&'a self, frame: &'a VideoFrame) -> BoxFuture<'a, Result<ImagePart, Error>> {
        self.see(frame).boxed()
    }
}
