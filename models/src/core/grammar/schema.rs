//! Tools compiled to a grammar: JSON without spaces, fields in the order of the schema.

use serde_json::{Map, Value};

use crate::{Error, Tool};

/// Deepest nesting of objects, arrays and choices.
pub(crate) const DEPTH_MAX: usize = 8;
/// Most nodes of one grammar.
const NODES_MAX: usize = 20_000;
/// Longest string and longest array that the core may write.
pub(crate) const STRING_BYTES_MAX: u32 = 400;
pub(crate) const ARRAY_ITEMS_MAX: u32 = 32;

/// Index of a node.
pub(crate) type NodeId = u32;

/// What may stand at one place.
#[derive(Debug)]
pub(crate) enum Node {
    /// One of these texts, sorted; what follows each.
    Literals(Vec<(Box<[u8]>, Option<NodeId>)>),
    /// A string in quotes.
    Text,
    /// A whole number.
    Integer,
    /// A number, perhaps with a fraction.
    Number,
    /// An object.
    Object(Fields),
    /// A list of one kind of item.
    Array { item: NodeId, least: u32, most: u32 },
    /// One of these, told apart by their first byte.
    Choice(Vec<NodeId>),
}

/// The fields of an object.
#[derive(Debug)]
pub(crate) struct Fields {
    /// For every place in the order: the keys that may come next, each as `"key":`, with the index of its field.
    pub(crate) next: Vec<Vec<(Box<[u8]>, usize)>>,
    /// For every place: nothing required is missing.
    pub(crate) complete: Vec<bool>,
    /// What each field holds.
    pub(crate) values: Vec<NodeId>,
}

/// The calls a session's tools allow.
#[derive(Debug)]
pub(crate) struct Grammar {
    pub(crate) nodes: Vec<Node>,
    pub(crate) root: NodeId,
}

impl Grammar {
    /// Compiles `{"name":"<one of the tools>","arguments":{...}}`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when a schema nests deeper than 8 or is huge.
    pub(crate) fn new(tools: &[&Tool]) -> Result<Self, Error> {
        let mut compiler = Compiler { nodes: Vec::new(), root: &Value::Null };
        let mut calls = Vec::with_capacity(tools.len());
        for tool in tools {
            compiler.root = &tool.parameters;
            let named = |error| Error::Unsupported(format!("tool {}: {error}", tool.name));
            let arguments = compiler.object(&tool.parameters, 0).map_err(named)?;
            let head = format!("{{\"name\":{},\"arguments\":", quoted(&tool.name));
            calls.push((head.into_bytes().into_boxed_slice(), Some(arguments)));
        }
        let root = compiler.literals(calls).map_err(Error::Unsupported)?;
        Ok(Self { nodes: compiler.nodes, root })
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        // Ids come from the compiler only; the fallback keeps a wrong one from ending the thread.
        const NOTHING: &Node = &Node::Literals(Vec::new());
        self.nodes.get(id as usize).unwrap_or(NOTHING)
    }
}

struct Compiler<'a> {
    nodes: Vec<Node>,
    /// Where `$ref` starts from.
    root: &'a Value,
}

impl<'a> Compiler<'a> {
    fn push(&mut self, node: Node) -> Result<NodeId, String> {
        if self.nodes.len() >= NODES_MAX {
            return Err("its schema is too large".into());
        }
        self.nodes.push(node);
        Ok(self.nodes.len() as NodeId - 1)
    }

    fn literals(&mut self, mut texts: Vec<(Box<[u8]>, Option<NodeId>)>) -> Result<NodeId, String> {
        texts.sort_by(|(a, _), (b, _)| a.cmp(b));
        texts.dedup_by(|(a, _), (b, _)| a == b);
        self.push(Node::Literals(texts))
    }

    fn constants(&mut self, values: &[Value]) -> Result<NodeId, String> {
        self.literals(values.iter().map(|value| (value.to_string().into_bytes().into_boxed_slice(), None)).collect())
    }

    fn value(&mut self, schema: &'a Value, depth: usize) -> Result<NodeId, String> {
        if depth > DEPTH_MAX {
            return Err(format!("its schema nests deeper than {DEPTH_MAX}"));
        }
        if let Some(path) = schema.get("$ref").and_then(Value::as_str) {
            let target = path.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
            return self.value(target.ok_or_else(|| format!("{path} leads nowhere"))?, depth + 1);
        }
        if let Some(constant) = schema.get("const") {
            return self.constants(std::slice::from_ref(constant));
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array).filter(|values| !values.is_empty()) {
            return self.constants(values);
        }
        for several in ["anyOf", "oneOf"] {
            if let Some(schemas) = schema.get(several).and_then(Value::as_array) {
                let options = schemas.iter().map(|one| self.value(one, depth + 1)).collect::<Result<_, _>>()?;
                return self.choice(options);
            }
        }
        if let Some([one]) = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            return self.value(one, depth + 1);
        }
        match schema.get("type") {
            Some(Value::String(kind)) => self.typed(kind, schema, depth),
            Some(Value::Array(kinds)) => {
                let kinds = kinds.iter().filter_map(Value::as_str);
                let options = kinds.map(|kind| self.typed(kind, schema, depth)).collect::<Result<_, _>>()?;
                self.choice(options)
            }
            _ if schema.get("properties").is_some() => self.object(schema, depth),
            _ => self.scalar(),
        }
    }

    fn typed(&mut self, kind: &str, schema: &'a Value, depth: usize) -> Result<NodeId, String> {
        match kind {
            "string" => self.push(Node::Text),
            "integer" => self.push(Node::Integer),
            "number" => self.push(Node::Number),
            "boolean" => self.constants(&[Value::Bool(true), Value::Bool(false)]),
            "null" => self.constants(&[Value::Null]),
            "object" => self.object(schema, depth),
            "array" => self.array(schema, depth),
            other => Err(format!("there is no type `{other}`")),
        }
    }

    /// Where a schema says nothing: something simple.
    fn scalar(&mut self) -> Result<NodeId, String> {
        let options = vec![
            self.push(Node::Text)?,
            self.push(Node::Number)?,
            self.constants(&[Value::Bool(true), Value::Bool(false)])?,
        ];
        self.choice(options)
    }

    fn array(&mut self, schema: &'a Value, depth: usize) -> Result<NodeId, String> {
        let item = match schema.get("items") {
            Some(items) => self.value(items, depth + 1)?,
            None => self.scalar()?,
        };
        let bound = |name: &str| schema.get(name).and_then(Value::as_u64).and_then(|bound| u32::try_from(bound).ok());
        let most = bound("maxItems").unwrap_or(ARRAY_ITEMS_MAX).min(ARRAY_ITEMS_MAX);
        let least = bound("minItems").unwrap_or(0);
        if least > most {
            return Err(format!("an array of at least {least} items, but at most {most} are possible"));
        }
        self.push(Node::Array { item, least, most })
    }

    fn object(&mut self, schema: &'a Value, depth: usize) -> Result<NodeId, String> {
        const NONE: &[Value] = &[];
        if depth > DEPTH_MAX {
            return Err(format!("its schema nests deeper than {DEPTH_MAX}"));
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        let properties: Vec<(&'a String, &'a Value)> = properties.into_iter().flat_map(Map::iter).collect();
        let required = schema.get("required").and_then(Value::as_array).map_or(NONE, Vec::as_slice);
        let required: Vec<bool> =
            properties.iter().map(|(key, _)| required.iter().any(|name| name.as_str() == Some(key.as_str()))).collect();
        let values = properties.iter().map(|(_, one)| self.value(one, depth + 1)).collect::<Result<_, _>>()?;
        let key = |at: usize| (format!("{}:", quoted(properties[at].0)).into_bytes().into_boxed_slice(), at);
        let next = |from: usize| {
            let last = (from..properties.len()).find(|&at| required[at]).map_or(properties.len(), |at| at + 1);
            let mut keys: Vec<_> = (from..last).map(key).collect();
            keys.sort_by(|(a, _), (b, _)| a.cmp(b));
            keys
        };
        let places = 0..=properties.len();
        let next = places.clone().map(next).collect();
        let complete = places.map(|from| !required[from..].contains(&true)).collect();
        self.push(Node::Object(Fields { next, complete, values }))
    }

    /// Options that begin with different bytes; one that could be mistaken for an earlier one is left out.
    fn choice(&mut self, options: Vec<NodeId>) -> Result<NodeId, String> {
        let mut seen = [false; 256];
        let mut kept = Vec::with_capacity(options.len());
        for option in options {
            let first = self.first_bytes(option);
            if first.iter().all(|&byte| !seen[usize::from(byte)]) {
                first.iter().for_each(|&byte| seen[usize::from(byte)] = true);
                kept.push(option);
            }
        }
        match kept[..] {
            [] => Err("a choice of nothing".into()),
            [one] => Ok(one),
            _ => self.push(Node::Choice(kept)),
        }
    }

    fn first_bytes(&self, id: NodeId) -> Vec<u8> {
        match &self.nodes[id as usize] {
            Node::Literals(texts) => texts.iter().filter_map(|(text, _)| text.first().copied()).collect(),
            Node::Text => vec![b'"'],
            Node::Integer | Node::Number => b"-0123456789".to_vec(),
            Node::Object(_) => vec![b'{'],
            Node::Array { .. } => vec![b'['],
            Node::Choice(options) => options.iter().flat_map(|&option| self.first_bytes(option)).collect(),
        }
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
