//! Reading JSON objects so that a wrong field can be named.

use serde_json::{Map, Value};

use super::error::Refusal;

/// A JSON object that is being read, and the path that leads to it.
#[derive(Debug, Clone)]
pub(crate) struct Fields<'a> {
    path: String,
    map: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// The object `map` at the top of an event.
    pub(crate) fn top(map: &'a Map<String, Value>) -> Self {
        Self { path: String::new(), map }
    }

    /// The object `map` found at `path`.
    pub(crate) fn within(path: &str, map: &'a Map<String, Value>) -> Self {
        Self { path: path.to_owned(), map }
    }

    /// `value` as an object found at `path`.
    pub(crate) fn at(path: String, value: &'a Value) -> Result<Self, Refusal> {
        match value {
            Value::Object(map) => Ok(Self { path, map }),
            _ => Err(Refusal::wrong_type(path, "an object")),
        }
    }

    /// The path of the field `name` from the top of the event, like `session.audio.input.format`.
    pub(crate) fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// The field as it is; absent and `null` are both `None`.
    pub(crate) fn value(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// Whether the field is there, be it `null`.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }

    /// A text that must be there.
    pub(crate) fn text(&self, name: &str) -> Result<&'a str, Refusal> {
        self.maybe_text(name)?.ok_or_else(|| Refusal::missing(self.path_of(name)))
    }

    /// A text that may be absent or `null`.
    pub(crate) fn maybe_text(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        self.read(name, "a string", Value::as_str)
    }

    /// A truth that may be absent or `null`.
    pub(crate) fn maybe_truth(&self, name: &str) -> Result<Option<bool>, Refusal> {
        self.read(name, "a boolean", Value::as_bool)
    }

    /// A number that may be absent or `null`.
    pub(crate) fn maybe_number(&self, name: &str) -> Result<Option<f64>, Refusal> {
        self.read(name, "a number", Value::as_f64)
    }

    /// A whole number, zero or more, that must be there. Numbers like `12.0` are taken too: some clients divide.
    pub(crate) fn count(&self, name: &str) -> Result<u64, Refusal> {
        self.maybe_count(name)?.ok_or_else(|| Refusal::missing(self.path_of(name)))
    }

    /// A whole number, zero or more, that may be absent or `null`.
    pub(crate) fn maybe_count(&self, name: &str) -> Result<Option<u64>, Refusal> {
        self.read(name, "a whole number of zero or more", whole)
    }

    /// An object that may be absent or `null`.
    pub(crate) fn maybe_object(&self, name: &str) -> Result<Option<Fields<'a>>, Refusal> {
        self.value(name).map(|value| Fields::at(self.path_of(name), value)).transpose()
    }

    /// An object that must be there.
    pub(crate) fn object(&self, name: &str) -> Result<Fields<'a>, Refusal> {
        self.maybe_object(name)?.ok_or_else(|| Refusal::missing(self.path_of(name)))
    }

    /// A list of objects; absent and `null` are `None`.
    pub(crate) fn maybe_objects(&self, name: &str) -> Result<Option<Vec<Fields<'a>>>, Refusal> {
        let Some(list) = self.read(name, "an array", Value::as_array)? else { return Ok(None) };
        let objects =
            list.iter().enumerate().map(|(at, value)| Fields::at(format!("{}[{at}]", self.path_of(name)), value));
        objects.collect::<Result<_, _>>().map(Some)
    }

    /// A list of texts; absent and `null` are `None`.
    pub(crate) fn maybe_texts(&self, name: &str) -> Result<Option<Vec<&'a str>>, Refusal> {
        let Some(list) = self.read(name, "an array", Value::as_array)? else { return Ok(None) };
        let texts = list.iter().enumerate().map(|(at, value)| {
            value.as_str().ok_or_else(|| Refusal::wrong_type(format!("{}[{at}]", self.path_of(name)), "a string"))
        });
        texts.collect::<Result<_, _>>().map(Some)
    }

    /// The map itself.
    pub(crate) fn map(&self) -> &'a Map<String, Value> {
        self.map
    }

    fn read<T>(
        &self,
        name: &str,
        expected: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        let Some(value) = self.value(name) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| Refusal::wrong_type(self.path_of(name), expected))
    }
}

/// `value` as a whole number of zero or more.
fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let number = value.as_f64()?;
        (number >= 0.0 && number.fract() == 0.0 && number < 9e15).then_some(number as u64)
    })
}
