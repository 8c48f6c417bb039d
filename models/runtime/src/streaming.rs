//! Graphs with memory: every `state_x` that goes in comes out as `next_state_x`, one row per stream.

use std::{path::PathBuf, sync::Arc};

use crate::{
    Error, Graph, Library, Outputs, Port, Tensor,
    tensor::{Elements, count},
};

/// How to load a graph and what its memory is called.
#[derive(Debug, Clone)]
pub struct GraphSpec {
    /// What lanes and metrics call it, e.g. `vad`.
    pub name: String,
    /// The ONNX file.
    pub path: PathBuf,
    /// Most streams in one run, at least 1. 1 for graphs whose batch axis is fixed.
    pub batch_max: usize,
    /// What its memory is called.
    pub states: StateNames,
    /// Inputs that are the same in every run, e.g. a sample rate.
    pub constants: Vec<(String, Tensor)>,
}

/// What the memory of a graph is called.
#[derive(Debug, Clone)]
pub enum StateNames {
    /// Every input `state_x` with its output `next_state_x`, batch axis first; there may be none.
    Paired,
    /// These.
    Listed(Vec<StatePair>),
}

/// One piece of memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatePair {
    /// Name of the input.
    pub input: String,
    /// Name of the output that replaces it.
    pub output: String,
    /// Which axis counts the streams.
    pub axis: usize,
}

/// The memory of one stream: zeros when fresh. It belongs to the stream, not to a graph or a thread.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamState {
    rows: Vec<Tensor>,
}

/// A graph together with the names of its memory.
pub struct StreamingGraph {
    graph: Graph,
    pairs: Arc<[StatePair]>,
    fresh: StreamState,
    constants: Vec<(String, Tensor)>,
    batch_max: usize,
}

impl GraphSpec {
    /// A graph whose memory is called by the rule of the house.
    #[must_use]
    pub fn new(name: &str, path: PathBuf, batch_max: usize) -> Self {
        Self { name: name.to_owned(), path, batch_max, states: StateNames::Paired, constants: Vec::new() }
    }
}

impl StreamingGraph {
    /// Loads the graph and finds its memory.
    ///
    /// # Errors
    /// [`Error::File`] when the file is missing or damaged, or when its memory does not pair up.
    pub fn open(library: &Library, spec: &GraphSpec) -> Result<Self, Error> {
        let graph = Graph::open(library, &spec.path)?;
        let failed = |reason: String| Error::File { path: spec.path.clone(), reason };
        let pairs = match &spec.states {
            StateNames::Paired => paired(&graph),
            StateNames::Listed(pairs) => pairs.clone(),
        };
        let rows = pairs.iter().map(|pair| zero_row(&graph, pair)).collect::<Result<_, _>>().map_err(failed)?;
        Ok(Self {
            graph,
            pairs: pairs.into(),
            fresh: StreamState { rows },
            constants: spec.constants.clone(),
            batch_max: spec.batch_max.max(1),
        })
    }

    /// The memory of a stream that has heard nothing.
    #[must_use]
    pub fn fresh(&self) -> StreamState {
        self.fresh.clone()
    }

    /// Most streams in one run.
    #[must_use]
    pub fn batch_max(&self) -> usize {
        self.batch_max
    }

    /// The inputs that are neither memory nor constant.
    pub fn free_inputs(&self) -> impl Iterator<Item = &Port> {
        let is_state = |port: &Port| self.pairs.iter().any(|pair| pair.input == port.name);
        let is_constant = |port: &Port| self.constants.iter().any(|(name, _)| *name == port.name);
        self.graph.inputs().iter().filter(move |port| !is_state(port) && !is_constant(port))
    }

    /// One run for all `states` at once. `inputs` are batched already, in the order of `states`; the outputs are
    /// batched the same way and hold no memory, that is in `states` afterwards. A failed run leaves `states` alone.
    ///
    /// # Errors
    /// As for [`Graph::run`].
    pub fn step(&mut self, inputs: &[(&str, &Tensor)], states: &mut [StreamState]) -> Result<Outputs, Error> {
        let batched = self.gather(states)?;
        let mut all: Vec<(&str, &Tensor)> = inputs.to_vec();
        all.extend(self.pairs.iter().zip(&batched).map(|(pair, tensor)| (pair.input.as_str(), tensor)));
        all.extend(self.constants.iter().map(|(name, tensor)| (name.as_str(), tensor)));
        let mut outputs = self.graph.run(&all)?;
        self.scatter(&mut outputs, states)?;
        Ok(outputs)
    }

    /// Runs one row of inputs per stream and gives one row of outputs per stream.
    ///
    /// # Errors
    /// As for [`Graph::run`].
    pub(crate) fn step_rows(
        &mut self,
        rows: &[&[(Arc<str>, Tensor)]],
        states: &mut [StreamState],
    ) -> Result<Vec<Outputs>, Error> {
        let Some(first) = rows.first() else { return Ok(Vec::new()) };
        let mut joined = Vec::with_capacity(first.len());
        for (at, (name, _)) in first.iter().enumerate() {
            let column = rows.iter().filter_map(|row| row.get(at)).map(|(_, tensor)| tensor).collect::<Vec<_>>();
            joined.push((name, Tensor::join(&column, 0)?));
        }
        let inputs: Vec<(&str, &Tensor)> = joined.iter().map(|(name, tensor)| (&***name, tensor)).collect();
        let outputs = self.step(&inputs, states)?;
        if rows.len() == 1 {
            return Ok(vec![outputs]);
        }
        let mut split: Vec<Outputs> = vec![Outputs::default(); rows.len()];
        for (name, tensor) in outputs.iter() {
            for (row, part) in split.iter_mut().zip(tensor.split(0, rows.len())?) {
                row.push(Arc::clone(name), part);
            }
        }
        Ok(split)
    }

    fn gather(&self, states: &[StreamState]) -> Result<Vec<Tensor>, Error> {
        let one = |at: usize, pair: &StatePair| {
            let rows = states.iter().filter_map(|state| state.rows.get(at)).collect::<Vec<_>>();
            Tensor::join(&rows, pair.axis)
        };
        self.pairs.iter().enumerate().map(|(at, pair)| one(at, pair)).collect()
    }

    fn scatter(&self, outputs: &mut Outputs, states: &mut [StreamState]) -> Result<(), Error> {
        let mut columns = Vec::with_capacity(self.pairs.len());
        for pair in self.pairs.iter() {
            columns.push(outputs.take(&pair.output)?.split(pair.axis, states.len())?);
        }
        for (at, column) in columns.into_iter().enumerate() {
            for (state, row) in states.iter_mut().zip(column) {
                state.rows[at] = row;
            }
        }
        Ok(())
    }
}

fn paired(graph: &Graph) -> Vec<StatePair> {
    let pair = |port: &Port| {
        let name = port.name.strip_prefix("state_")?;
        Some(StatePair { input: port.name.clone(), output: format!("next_state_{name}"), axis: 0 })
    };
    graph.inputs().iter().filter_map(pair).collect()
}

/// The zeros a fresh stream starts with, or what is wrong with the pair.
fn zero_row(graph: &Graph, pair: &StatePair) -> Result<Tensor, String> {
    let input = graph.inputs().iter().find(|port| port.name == pair.input);
    let output = graph.outputs().iter().find(|port| port.name == pair.output);
    let (Some(input), Some(output)) = (input, output) else {
        return Err(format!("memory `{}` has no `{}`", pair.input, pair.output));
    };
    if input.integers != output.integers || input.shape.len() != output.shape.len() || pair.axis >= input.shape.len() {
        return Err(format!("memory `{}` and `{}` differ in kind or rank", pair.input, pair.output));
    }
    let length = |(axis, length): (usize, &Option<usize>)| if axis == pair.axis { Some(1) } else { *length };
    let shape: Option<Vec<usize>> = input.shape.iter().enumerate().map(length).collect();
    let size = shape.as_deref().and_then(|shape| Some((shape, count(shape)?)));
    let Some((shape, numbers)) = size else {
        return Err(format!("memory `{}` has no fixed shape: {:?}", pair.input, input.shape));
    };
    let zeros = if input.integers { Elements::I64(vec![0; numbers]) } else { Elements::F32(vec![0.0; numbers]) };
    Tensor::new(shape, zeros).map_err(|error| error.to_string())
}
