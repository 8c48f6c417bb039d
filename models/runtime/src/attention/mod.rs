//! `hearth.SlotAttention`: attention over the key-value memory of many conversations in one packed batch.
//!
//! Tokens of any conversations come mixed; each names its slot and its position there. The operator turns q and k
//! (rotary embedding, half-split), appends k and v to the slot's memory, and attends over what the layer may see: all
//! earlier positions, or a sliding window with a learned sink. The memory is a [`KvCache`], shared with whoever
//! schedules the batches; nothing of it passes through the graph.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod cache;
mod kernel;
mod operator;

use std::path::Path;

pub use cache::{KvCache, LayerShape};
use ort::operator::OperatorDomain;

use crate::{Error, Graph, Library, library::broken};

impl Graph {
    /// Loads a graph whose attention remembers in `cache`.
    ///
    /// # Errors
    /// [`Error::File`] as for [`Graph::open`], and when its layers are not numbered 0, 1, 2 ...
    pub fn open_packed(library: &Library, path: &Path, cache: &KvCache) -> Result<Self, Error> {
        let operator = operator::SlotAttention::new(cache.clone());
        let domain = OperatorDomain::new("hearth").and_then(|domain| domain.add(operator)).map_err(broken)?;
        let graph = Self::open_with(library, path, Some(domain))?;
        cache.check_layers().map_err(|reason| Error::File { path: path.to_path_buf(), reason })?;
        Ok(graph)
    }
}
