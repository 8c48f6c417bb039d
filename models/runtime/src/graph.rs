//! One graph: named tensors in, named tensors out.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use ort::{
    operator::OperatorDomain,
    session::{Session, SessionInputValue},
    value::{DynValue, Outlet, TensorElementType, TensorRef, ValueType},
};

use crate::{Error, Library, Tensor, library::broken, tensor::Elements};

/// Held while a graph with operators of ours opens: ONNX Runtime looks for their domain and adds it in two steps, which two
/// threads at once mix up.
static OPENING: Mutex<()> = Mutex::new(());

/// One input or output of a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// Integers rather than floats.
    pub integers: bool,
    /// Length of every axis; `None` where it may vary.
    pub shape: Vec<Option<usize>>,
}

/// A loaded graph. It runs on the thread that calls [`Graph::run`], one run at a time.
pub struct Graph {
    session: Session,
    path: PathBuf,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
}

/// What a run gave.
#[derive(Debug, Clone, Default)]
pub struct Outputs {
    tensors: Vec<(Arc<str>, Tensor)>,
}

impl Outputs {
    pub(crate) fn push(&mut self, name: Arc<str>, tensor: Tensor) {
        self.tensors.push((name, tensor));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &(Arc<str>, Tensor)> {
        self.tensors.iter()
    }

    /// Takes one output out.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the graph has no such output, or it was taken.
    pub fn take(&mut self, name: &str) -> Result<Tensor, Error> {
        let at = self.tensors.iter().position(|(known, _)| **known == *name);
        let at = at.ok_or_else(|| Error::Malformed(format!("the graph gives no `{name}`")))?;
        Ok(self.tensors.swap_remove(at).1)
    }

    /// The floats of one output, taken out.
    ///
    /// # Errors
    /// As for [`Outputs::take`], and when it holds integers.
    pub fn take_f32(&mut self, name: &str) -> Result<Vec<f32>, Error> {
        self.take(name)?.into_f32()
    }
}

impl Graph {
    /// Loads a graph.
    ///
    /// # Errors
    /// [`Error::File`] when the file is missing, damaged or uses element types other than f32 and i64 at its border.
    pub fn open(library: &Library, path: &Path) -> Result<Self, Error> {
        Self::open_with(library, path, None)
    }

    /// Loads a graph that uses operators of ours.
    pub(crate) fn open_with(library: &Library, path: &Path, operators: Option<OperatorDomain>) -> Result<Self, Error> {
        let failed = |reason: String| Error::File { path: path.to_path_buf(), reason };
        if !path.is_file() {
            return Err(failed("is missing; fetch the models again".into()));
        }
        let _alone = operators.is_some().then(|| OPENING.lock().unwrap_or_else(PoisonError::into_inner));
        let mut builder = library.session()?;
        if let Some(domain) = operators {
            builder = builder.with_operators(domain).map_err(|error| Error::Broken(error.to_string()))?;
        }
        let session = builder
            .commit_from_file(path)
            .map_err(|error| failed(format!("is damaged or not a graph this program can run ({error})")))?;
        let inputs = session.inputs().iter().map(port).collect::<Result<_, _>>().map_err(failed)?;
        let outputs = session.outputs().iter().map(port).collect::<Result<_, _>>().map_err(failed)?;
        Ok(Self { session, path: path.to_path_buf(), inputs, outputs })
    }

    /// The file it came from.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it takes.
    #[must_use]
    pub fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    /// What it gives.
    #[must_use]
    pub fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    /// Runs the graph once on this thread.
    ///
    /// # Errors
    /// [`Error::Malformed`] when an input is missing, unknown, or of the wrong kind or shape; [`Error::Broken`] when
    /// the run itself fails.
    pub fn run(&mut self, inputs: &[(&str, &Tensor)]) -> Result<Outputs, Error> {
        check_inputs(&self.inputs, inputs)?;
        let views = inputs
            .iter()
            .map(|(name, tensor)| Ok((*name, view(tensor)?)))
            .collect::<Result<Vec<(&str, SessionInputValue<'_>)>, Error>>()?;
        let results = self.session.run(views).map_err(|error| named(&self.path, error))?;
        let mut outputs = Outputs::default();
        for (name, value) in results.iter() {
            outputs.push(name.into(), owned(&value)?);
        }
        Ok(outputs)
    }
}

fn named(path: &Path, error: impl std::fmt::Display) -> Error {
    Error::Broken(format!("{}: {error}", path.display()))
}

fn port(outlet: &Outlet) -> Result<Port, String> {
    let ValueType::Tensor { ty, shape, .. } = outlet.dtype() else {
        return Err(format!("`{}` is not a tensor", outlet.name()));
    };
    let integers = match ty {
        TensorElementType::Float32 => false,
        TensorElementType::Int64 => true,
        other => return Err(format!("`{}` holds {other}, only f32 and i64 cross the border", outlet.name())),
    };
    let shape = shape.iter().map(|&length| usize::try_from(length).ok()).collect();
    Ok(Port { name: outlet.name().to_owned(), integers, shape })
}

fn check_inputs(ports: &[Port], inputs: &[(&str, &Tensor)]) -> Result<(), Error> {
    for port in ports {
        let given = inputs.iter().find(|(name, _)| *name == port.name);
        let (_, tensor) = given.ok_or_else(|| Error::Malformed(format!("input `{}` is missing", port.name)))?;
        port.check(tensor)?;
    }
    match inputs.iter().find(|(name, _)| ports.iter().all(|port| port.name != **name)) {
        Some((name, _)) => Err(Error::Malformed(format!("the graph takes no `{name}`"))),
        None => Ok(()),
    }
}

impl Port {
    /// Does `tensor` fit this port?
    ///
    /// # Errors
    /// [`Error::Malformed`] when it does not.
    pub(crate) fn check(&self, tensor: &Tensor) -> Result<(), Error> {
        let kind_fits = self.integers == matches!(tensor.elements(), Elements::I64(_));
        let lengths_fit = self.shape.iter().zip(tensor.shape()).all(|(want, &got)| want.is_none_or(|want| want == got));
        if kind_fits && lengths_fit && self.shape.len() == tensor.shape().len() {
            return Ok(());
        }
        let kind = if self.integers { "i64" } else { "f32" };
        Err(Error::Malformed(format!("`{}` wants {kind} {:?}, got {:?}", self.name, self.shape, tensor.shape())))
    }
}

fn view(tensor: &Tensor) -> Result<SessionInputValue<'_>, Error> {
    let shape = tensor.shape();
    Ok(match tensor.elements() {
        Elements::F32(values) => TensorRef::from_array_view((shape, values.as_slice())).map_err(broken)?.into(),
        Elements::I64(values) => TensorRef::from_array_view((shape, values.as_slice())).map_err(broken)?.into(),
    })
}

fn owned(value: &DynValue) -> Result<Tensor, Error> {
    let (shape, elements) = match value.dtype() {
        ValueType::Tensor { ty: TensorElementType::Int64, .. } => {
            let (shape, values) = value.try_extract_tensor::<i64>().map_err(broken)?;
            (shape, Elements::I64(values.to_vec()))
        }
        _ => {
            let (shape, values) = value.try_extract_tensor::<f32>().map_err(broken)?;
            (shape, Elements::F32(values.to_vec()))
        }
    };
    let shape: Vec<usize> = shape.iter().map(|&length| usize::try_from(length).unwrap_or(0)).collect();
    Tensor::new(&shape, elements)
}
