//! The packed graph: rows of many conversations in, logits of some of them out.

use std::{path::Path, sync::Arc};

use hearth_runtime::{Graph, Library, Tensor, attention::KvCache};
use serde::Deserialize;

use super::prompt::AudioGate;
use crate::Error;

/// What `core.json` says of the graph.
#[derive(Debug, Clone, Deserialize)]
pub struct CoreFile {
    /// The ONNX file beside it.
    pub graph: String,
    /// The same graph with the weights of the checkpoint, unrounded, when the package has it.
    #[serde(default)]
    pub graph_fp32: Option<String>,
    /// Tokens of the vocabulary.
    pub vocabulary: usize,
    /// Most positions of a conversation.
    pub positions_max: usize,
    /// Speech steps that make one audio position.
    pub audio_stack: usize,
    /// Numbers of one speech step.
    pub audio_embedding: usize,
    /// Which steps become audio positions; all without it.
    #[serde(default)]
    pub audio_gate: Option<AudioGate>,
    /// Numbers of one image position; a core without it cannot see.
    #[serde(default)]
    pub image_embedding: Option<usize>,
}

/// What a position holds that is no token.
#[derive(Debug, Clone)]
pub enum Sense {
    /// The stacked speech embeddings of an audio position.
    Sound(Arc<[f32]>),
    /// One embedding of a picture.
    Picture(Arc<[f32]>),
}

impl Sense {
    fn sound(&self) -> Option<&[f32]> {
        if let Self::Sound(numbers) = self { Some(numbers) } else { None }
    }

    fn picture(&self) -> Option<&[f32]> {
        if let Self::Picture(numbers) = self { Some(numbers) } else { None }
    }
}

impl CoreFile {
    /// Reads the file.
    ///
    /// # Errors
    /// [`Error::Broken`] naming the file when it is missing, damaged, or says what cannot be.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let broken = |reason: String| Error::Broken(format!("{}: {reason}", path.display()));
        let text = std::fs::read(path).map_err(|error| broken(format!("cannot be read ({error})")))?;
        let file: Self = serde_json::from_slice(&text).map_err(|error| broken(format!("is damaged ({error})")))?;
        let sizes = [file.vocabulary, file.audio_stack, file.audio_embedding, file.image_embedding.unwrap_or(1)];
        if sizes.contains(&0) || file.positions_max < 64 {
            return Err(broken("has sizes that cannot be".into()));
        }
        if file.audio_gate.as_ref().is_some_and(|gate| gate.weight.len() != file.audio_embedding) {
            return Err(broken("has an audio gate of another width than its embeddings".into()));
        }
        Ok(file)
    }
}

/// One token of one conversation.
#[derive(Debug, Clone)]
pub struct Row {
    /// The conversation's slot.
    pub slot: usize,
    /// Its position there: the number of rows the slot has had.
    pub position: usize,
    /// The token; the audio or image token where `sense` is given.
    pub token: u32,
    /// What is there in place of the token.
    pub sense: Option<Sense>,
    /// Is what comes after it asked for?
    pub logits: bool,
}

/// Scores of the next token, for every row that asked, in the order of the rows.
#[derive(Debug, Clone)]
pub struct Logits {
    values: Vec<f32>,
    vocabulary: usize,
}

impl Logits {
    /// The scores of the `index`-th row that asked; empty when there is none.
    #[must_use]
    pub fn row(&self, index: usize) -> &[f32] {
        self.values.get(index * self.vocabulary..(index + 1) * self.vocabulary).unwrap_or_default()
    }
}

/// The graph and the memory of its slots. Owned by one thread.
pub struct PackedGraph {
    graph: Graph,
    cache: KvCache,
    vocabulary: usize,
    sound_width: usize,
    /// Numbers of an image position, when the graph takes them.
    picture_width: Option<usize>,
}

impl PackedGraph {
    /// Loads the graph that `file` names in `folder`, with memory for `slots` conversations.
    ///
    /// # Errors
    /// [`Error::Broken`] naming the file when it is missing, damaged or not a packed core.
    pub fn open(
        library: &Library,
        folder: &Path,
        file: &CoreFile,
        slots: usize,
        rollback_tokens: usize,
    ) -> Result<Self, Error> {
        let cache = KvCache::new(slots.max(1), file.positions_max, rollback_tokens);
        let path = folder.join(&file.graph);
        let graph = Graph::open_packed(library, &path, &cache).map_err(Error::from)?;
        let wanted = ["input_ids", "slot", "position", "logit_rows", "audio_rows", "audio_embeddings"];
        let missing = |name: &&&str| graph.inputs().iter().all(|port| port.name != **name);
        let seeing: &[&str] = if file.image_embedding.is_some() { &["image_rows", "image_embeddings"] } else { &[] };
        if let Some(missing) = wanted.iter().chain(seeing).find(missing) {
            return Err(Error::Broken(format!("{}: has no input `{missing}`", path.display())));
        }
        let sound_width = file.audio_embedding * file.audio_stack;
        Ok(Self { graph, cache, vocabulary: file.vocabulary, sound_width, picture_width: file.image_embedding })
    }

    /// The memory of the slots.
    #[must_use]
    pub fn cache(&self) -> &KvCache {
        &self.cache
    }

    /// Most positions of a conversation.
    #[must_use]
    pub fn tokens_max(&self) -> usize {
        self.cache.tokens_max()
    }

    /// Reads `rows`, those of one slot in the order of their positions, and remembers them.
    ///
    /// # Errors
    /// [`Error::Broken`] when the run fails; then the slots of these rows have to be cleared.
    pub fn step(&mut self, rows: &[Row]) -> Result<Logits, Error> {
        if rows.is_empty() {
            return Ok(Logits { values: Vec::new(), vocabulary: self.vocabulary });
        }
        let integers = |values: Vec<i64>| Tensor::i64(&[values.len()], values);
        let numbers = |pick: fn(&Row) -> i64| integers(rows.iter().map(pick).collect());
        let chosen = |keep: fn(&Row) -> bool| {
            let kept = rows.iter().enumerate().filter(|(_, row)| keep(row));
            kept.map(|(at, _)| at as i64).collect::<Vec<i64>>()
        };
        let mut asked = chosen(|row| row.logits);
        // The graph wants at least one row to look at.
        let nobody = asked.is_empty();
        if nobody {
            asked.push(0);
        }
        let gathered = |pick: fn(&Sense) -> Option<&[f32]>| -> Vec<f32> {
            rows.iter().filter_map(|row| pick(row.sense.as_ref()?)).flatten().copied().collect()
        };
        let audio_rows = chosen(|row| row.sense.as_ref().and_then(Sense::sound).is_some());
        let image_rows = chosen(|row| row.sense.as_ref().and_then(Sense::picture).is_some());
        let build = || -> Result<Vec<(&str, Tensor)>, hearth_runtime::Error> {
            let mut inputs = vec![
                ("input_ids", numbers(|row| i64::from(row.token))?),
                ("slot", numbers(|row| row.slot as i64)?),
                ("position", numbers(|row| row.position as i64)?),
                ("logit_rows", integers(asked)?),
                ("audio_embeddings", Tensor::f32(&[audio_rows.len(), self.sound_width], gathered(Sense::sound))?),
                ("audio_rows", integers(audio_rows)?),
            ];
            if let Some(width) = self.picture_width {
                let pictures = Tensor::f32(&[image_rows.len(), width], gathered(Sense::picture))?;
                inputs.extend([("image_embeddings", pictures), ("image_rows", integers(image_rows)?)]);
            }
            Ok(inputs)
        };
        let inputs = build().map_err(Error::from)?;
        let inputs: Vec<(&str, &Tensor)> = inputs.iter().map(|(name, tensor)| (*name, tensor)).collect();
        let mut outputs = self.graph.run(&inputs).map_err(Error::from)?;
        let values = outputs.take_f32("logits").map_err(Error::from)?;
        Ok(Logits { values: if nobody { Vec::new() } else { values }, vocabulary: self.vocabulary })
    }
}
