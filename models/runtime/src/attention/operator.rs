//! The operator as ONNX Runtime sees it.

use ort::{
    operator::{ComputeContext, Kernel, KernelContext, Operator, OperatorInput, OperatorOutput, ShapeInferenceContext},
    value::{Shape, SymbolicDimensions, TensorElementType, ValueRef, ValueType},
};

use super::{
    cache::{KvCache, LayerShape},
    kernel::{Query, attend, rotate},
};

/// Inputs by number: q, k, v, slot, position, sinks (optional).
const SINKS: usize = 5;

pub(crate) struct SlotAttention {
    cache: KvCache,
}

/// One layer of the graph.
pub(crate) struct Layer {
    cache: KvCache,
    number: usize,
    shape: LayerShape,
    heads: usize,
    scale: f32,
    frequencies: Vec<f32>,
    scratch: Scratch,
}

/// Buffers that live as long as the layer, so that a token allocates nothing.
#[derive(Default)]
struct Scratch {
    q: Vec<f32>,
    k: Vec<f32>,
    scores: Vec<f32>,
}

impl SlotAttention {
    pub(crate) fn new(cache: KvCache) -> Self {
        Self { cache }
    }
}

impl Operator for SlotAttention {
    type Kernel<'attr> = Layer;

    fn name(&self) -> &str {
        "SlotAttention"
    }

    fn inputs(&self) -> impl IntoIterator<Item = OperatorInput> {
        let floats = OperatorInput::required(TensorElementType::Float32);
        let integers = || OperatorInput::required(TensorElementType::Int64);
        let more = || OperatorInput::required(TensorElementType::Float32);
        [floats, more(), more(), integers(), integers(), OperatorInput::optional(TensorElementType::Float32)]
    }

    fn outputs(&self) -> impl IntoIterator<Item = OperatorOutput> {
        [OperatorOutput::required(TensorElementType::Float32)]
    }

    fn create_kernel<'attr>(&self, attributes: &KernelContext<'attr>) -> ort::Result<Layer> {
        let layer = Layer::new(self.cache.clone(), attributes).map_err(ort::Error::new)?;
        self.cache.lock().register(layer.number, layer.shape).map_err(ort::Error::new)?;
        Ok(layer)
    }

    fn infer_shape(&self, context: &mut ShapeInferenceContext) -> ort::Result<()> {
        let width = context.attr::<i64>("num_heads")? * context.attr::<i64>("v_head_dim")?;
        let shape = Shape::from_iter([-1, width]);
        let dimension_symbols = SymbolicDimensions::empty(2);
        context.set_output(0, &ValueType::Tensor { ty: TensorElementType::Float32, shape, dimension_symbols })
    }
}

impl Layer {
    fn new(cache: KvCache, attributes: &KernelContext<'_>) -> Result<Self, String> {
        let number = |name: &str| {
            let value = attributes.get::<i64>(name).and_then(|value| usize::try_from(value).ok());
            value.ok_or_else(|| format!("SlotAttention: attribute `{name}` is missing or negative"))
        };
        let real = |name: &str| {
            attributes.get::<f32>(name).ok_or_else(|| format!("SlotAttention: attribute `{name}` is missing"))
        };
        let shape = LayerShape {
            kv_heads: number("kv_heads")?,
            head_dim: number("head_dim")?,
            v_head_dim: number("v_head_dim")?,
            window: number("window")?,
        };
        let (heads, rotary_dim) = (number("num_heads")?, number("rotary_dim")?);
        let sizes = [heads, shape.kv_heads, shape.head_dim, shape.v_head_dim];
        if sizes.contains(&0) || heads % shape.kv_heads != 0 || rotary_dim % 2 != 0 || rotary_dim > shape.head_dim {
            return Err(format!("SlotAttention: {heads} heads, rotary {rotary_dim} and {shape:?} do not fit"));
        }
        let theta = f64::from(real("rope_theta")?);
        let frequency = |i: usize| theta.powf(-((2 * i) as f64) / rotary_dim as f64) as f32;
        Ok(Self {
            cache,
            number: number("layer")?,
            shape,
            heads,
            scale: real("scale")?,
            frequencies: (0..rotary_dim / 2).map(frequency).collect(),
            scratch: Scratch::default(),
        })
    }

    fn run(&mut self, inputs: &Inputs<'_>, out: &mut [f32]) -> Result<(), String> {
        let shape = self.shape;
        let widths = [self.heads * shape.head_dim, shape.kv_heads * shape.head_dim, shape.kv_heads * shape.v_head_dim];
        let tokens = inputs.slot.len();
        let sizes = [inputs.q.len(), inputs.k.len(), inputs.v.len()];
        let sinks_fit = inputs.sinks.is_none_or(|sinks| sinks.len() == self.heads);
        if sizes != widths.map(|width| width * tokens) || inputs.position.len() != tokens || !sinks_fit {
            return Err(format!("SlotAttention: q, k, v of {sizes:?} numbers for {tokens} tokens of {widths:?}"));
        }
        let mut arena = self.cache.lock();
        let Scratch { q, k, scores } = &mut self.scratch;
        let rows = inputs.q.chunks_exact(widths[0]).zip(inputs.k.chunks_exact(widths[1]));
        let rows = rows.zip(inputs.v.chunks_exact(widths[2])).zip(out.chunks_exact_mut(self.heads * shape.v_head_dim));
        for ((((q_row, k_row), v_row), out), (&slot, &position)) in rows.zip(inputs.slot.iter().zip(inputs.position)) {
            let (rows, position) = arena.rows(self.number, slot, position)?;
            q.clear();
            q.extend_from_slice(q_row);
            k.clear();
            k.extend_from_slice(k_row);
            rotate(q, shape.head_dim, &self.frequencies, position);
            rotate(k, shape.head_dim, &self.frequencies, position);
            rows.append(&shape, k, v_row);
            let query = Query { q, position, scale: self.scale, sinks: inputs.sinks };
            attend(&query, &shape, rows, scores, out);
        }
        Ok(())
    }
}

/// The inputs of one run, as slices.
struct Inputs<'a> {
    q: &'a [f32],
    k: &'a [f32],
    v: &'a [f32],
    slot: &'a [i64],
    position: &'a [i64],
    sinks: Option<&'a [f32]>,
}

impl Kernel for Layer {
    fn compute(&mut self, context: &ComputeContext) -> ort::Result<()> {
        let [q, k, v, slot, position] = [0, 1, 2, 3, 4].map(|index| context.input(index));
        let given =
            |input: ort::Result<Option<_>>| input?.ok_or_else(|| ort::Error::new("SlotAttention: an input is missing"));
        let (q, k, v, slot, position): (ValueRef<'_>, ValueRef<'_>, ValueRef<'_>, ValueRef<'_>, ValueRef<'_>) =
            (given(q)?, given(k)?, given(v)?, given(slot)?, given(position)?);
        let sinks = if context.num_inputs()? > SINKS { context.input(SINKS)? } else { None };
        let sinks = sinks.as_ref().map(|sinks| sinks.try_extract_tensor::<f32>()).transpose()?;
        let inputs = Inputs {
            q: q.try_extract_tensor::<f32>()?.1,
            k: k.try_extract_tensor::<f32>()?.1,
            v: v.try_extract_tensor::<f32>()?.1,
            slot: slot.try_extract_tensor::<i64>()?.1,
            position: position.try_extract_tensor::<i64>()?.1,
            sinks: sinks.map(|(_, sinks)| sinks),
        };
        let width = self.heads * self.shape.v_head_dim;
        let output = context.output(0, [inputs.slot.len() as i64, width as i64])?;
        let mut output = output.ok_or_else(|| ort::Error::new("SlotAttention: the output is missing"))?;
        let (_, out) = output.try_extract_tensor_mut::<f32>()?;
        self.run(&inputs, out).map_err(ort::Error::new)
    }
}
