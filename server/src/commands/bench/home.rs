//! A small home to talk about: what the benches ask, and the tools they offer.

use serde_json::{Map, Value, json};

/// What is asked, over and over.
pub const QUESTIONS: [&str; 6] = [
    "turn on the kitchen light",
    "what is the temperature in the bedroom",
    "good morning",
    "set a timer for ten minutes",
    "close the garage door please",
    "what can you do",
];

/// Who the model is.
pub const INSTRUCTIONS: &str = "You are the voice of a home. Answer in one short sentence.";

/// The tools, as in `session.tools`.
#[must_use]
pub fn tools() -> Value {
    let room = json!({"type": "string", "description": "room"});
    let tool = |name: &str, description: &str, properties: Value, required: &[&str]| {
        json!({"type": "function", "name": name, "description": description, "parameters":
            {"type": "object", "properties": properties, "required": required}})
    };
    json!([
        tool("light_set", "Switch a light", json!({"room": room, "on": {"type": "boolean"}}), &["room", "on"]),
        tool("climate_get", "Temperature of a room", json!({"room": room}), &["room"]),
        tool("timer_start", "Start a timer", json!({"minutes": {"type": "number"}}), &["minutes"]),
        tool(
            "cover_set",
            "Open or close a cover or door",
            json!({"name": {"type": "string"}, "open": {"type": "boolean"}}),
            &["name", "open"]
        ),
    ])
}

/// What they answer.
#[must_use]
pub fn tool_results() -> Map<String, Value> {
    let results = json!({"climate_get": {"celsius": 21}, "light_set": {"ok": true}});
    if let Value::Object(results) = results { results } else { Map::new() }
}
