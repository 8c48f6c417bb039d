//! Random tools, random texts: whatever the masks allow is a call that parses and fits the schema.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::{Cursor, Grammar, Mask, Vocabulary};
use crate::{
    Tool,
    core::tokens::{Tokens, tests::small},
};

fn schema(random: &mut Rng, depth: usize) -> Value {
    let kinds = if depth > 2 { 7 } else { 10 };
    match random.usize(0..kinds) {
        0 => json!({"type": "string"}),
        1 => json!({"type": "integer"}),
        2 => json!({"type": "number"}),
        3 => json!({"type": "boolean"}),
        4 => json!({"enum": ["on", "one", "on \"two\"", "über", 1, 12, 1.5, null, true]}),
        5 => json!({"type": ["string", "null"]}),
        6 => json!({"anyOf": [{"type": "integer"}, {"const": "auto"}]}),
        7 => {
            json!({"type": "array", "items": schema(random, depth + 1), "minItems": random.usize(0..3), "maxItems": 4})
        }
        8 => object(random, depth + 1),
        _ => json!({}),
    }
}

fn object(random: &mut Rng, depth: usize) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for _ in 0..random.usize(0..5) {
        let name = ["on", "one", "a", "a\"b", "räum", "x y", "zzz"][random.usize(0..7)];
        properties.insert(name.into(), schema(random, depth));
        if random.bool() {
            required.push(name);
        }
    }
    json!({"type": "object", "properties": properties, "required": required})
}

/// A validator that knows nothing of the grammar.
fn valid(schema: &Value, value: &Value) -> bool {
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return values.contains(value);
    }
    if let Some(constant) = schema.get("const") {
        return constant == value;
    }
    if let Some(options) = schema.get("anyOf").and_then(Value::as_array) {
        return options.iter().any(|option| valid(option, value));
    }
    let fits = |kind: &str| match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "array" => value.as_array().is_some_and(|items| {
            let bound = |name: &str| schema[name].as_u64().unwrap() as usize;
            (bound("minItems")..=bound("maxItems")).contains(&items.len())
                && items.iter().all(|item| valid(&schema["items"], item))
        }),
        "object" => value.as_object().is_some_and(|fields| {
            let properties = schema["properties"].as_object().unwrap();
            let required = schema["required"].as_array().unwrap();
            let order: Vec<_> = properties.keys().filter(|key| fields.contains_key(*key)).collect();
            fields.iter().all(|(key, value)| properties.get(key).is_some_and(|schema| valid(schema, value)))
                && required.iter().all(|key| fields.contains_key(key.as_str().unwrap()))
                && order == fields.keys().collect::<Vec<_>>()
        }),
        _ => false,
    };
    match schema.get("type") {
        Some(Value::String(kind)) => fits(kind),
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| fits(kind.as_str().unwrap())),
        _ => value.is_string() || value.is_number() || value.is_boolean(),
    }
}

/// Writes what the masks allow, at random, but drawn to an end after a while.
fn write(random: &mut Rng, grammar: &Grammar, vocabulary: &Vocabulary, tokens: &Tokens) -> String {
    let (mut cursor, mut mask, mut written) = (Cursor::new(grammar), Mask::empty(tokens.len()), Vec::new());
    while !cursor.is_done() {
        vocabulary.allow(grammar, &cursor, &mut mask);
        let allowed: Vec<u32> = (0..tokens.len() as u32).filter(|&token| mask.has(token)).collect();
        assert!(!allowed.is_empty(), "a dead end after {}", String::from_utf8_lossy(&written));
        let ends: Vec<u32> =
            allowed.iter().copied().filter(|&token| b"\"]}".contains(&tokens.bytes(token)[0])).collect();
        let choice = if !ends.is_empty() && (written.len() > 200 || random.u8(0..4) == 0) { &ends } else { &allowed };
        let token = choice[random.usize(0..choice.len())];
        for &byte in tokens.bytes(token) {
            assert!(cursor.advance(grammar, byte));
            written.push(byte);
        }
        assert!(written.len() < 20_000);
    }
    String::from_utf8(written).unwrap()
}

#[test]
fn whatever_is_allowed_is_a_valid_call() {
    let tokens = small();
    let vocabulary = Vocabulary::new(&tokens);
    for seed in 0..150 {
        let mut random = Rng::with_seed(seed);
        let tools: Vec<Tool> = (0..random.usize(1..4))
            .map(|n| Tool { name: format!("tool_{n}"), description: String::new(), parameters: object(&mut random, 0) })
            .collect();
        let grammar = Grammar::new(&tools.iter().collect::<Vec<_>>()).unwrap();
        for _ in 0..6 {
            let text = write(&mut random, &grammar, &vocabulary, &tokens);
            let call: Value =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("seed {seed}: {error}: {text}"));
            let tool = tools.iter().find(|tool| call["name"] == tool.name).unwrap();
            assert!(valid(&tool.parameters, &call["arguments"]), "seed {seed}: {text} for {}", tool.parameters);
            assert_eq!(call.as_object().unwrap().keys().collect::<Vec<_>>(), ["name", "arguments"]);
        }
    }
}

/// The canonical text of any call that fits is allowed, in any tokens.
#[test]
fn every_canonical_call_is_allowed() {
    let parameters = json!({"type": "object", "required": ["zone"], "properties": {
        "level": {"type": "integer"}, "zone": {"enum": ["kitchen", "kit"]}, "note": {"type": "string"},
        "list": {"type": "array", "items": {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]}}}});
    let tool = Tool { name: "set".into(), description: String::new(), parameters };
    let grammar = Grammar::new(&[&tool]).unwrap();
    let allowed = |arguments: &str| {
        let mut cursor = Cursor::new(&grammar);
        let text = format!(r#"{{"name":"set","arguments":{arguments}}}"#);
        text.bytes().all(|byte| cursor.advance(&grammar, byte)) && cursor.is_done()
    };
    assert!(allowed(r#"{"zone":"kit"}"#));
    assert!(allowed(
        r#"{"level":-20,"zone":"kitchen","note":"a \"b\" \\ über 💡","list":[{"x":0.5},{"x":-0.25},{"x":0}]}"#
    ));
    assert!(allowed(r#"{"zone":"kit","list":[]}"#));
    assert!(!allowed(r#"{"level":20}"#), "zone is missing");
    assert!(!allowed(r#"{"zone":"kit","level":20}"#), "out of order");
    assert!(!allowed(r#"{"zone":"hall"}"#));
    assert!(!allowed(r#"{"zone":"kit","other":1}"#));
    assert!(!allowed(r#"{"level":02,"zone":"kit"}"#));
    assert!(!allowed(r#"{"level":1.5,"zone":"kit"}"#));
    assert!(!allowed(r#"{"zone":"kit",}"#));
    assert!(!allowed("{\"zone\":\"kit\",\"note\":\"a\nb\"}"));
}

#[test]
fn what_cannot_be_written_is_refused_with_the_name_of_the_tool() {
    let mut deep = json!({"type": "string"});
    for _ in 0..12 {
        deep = json!({"type": "object", "properties": {"x": deep}});
    }
    let turning = json!({"type": "object", "properties": {"x": {"$ref": "#"}}});
    for parameters in
        [deep, turning, json!({"properties": {"x": {"type": "date"}}}), json!({"properties": {"x": {"$ref": "#/no"}}})]
    {
        let tool = Tool { name: "odd".into(), description: String::new(), parameters };
        assert!(Grammar::new(&[&tool]).unwrap_err().to_string().contains("odd"));
    }
}
