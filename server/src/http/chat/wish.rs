//! What a chat request wishes, apart from its messages.

use std::sync::Arc;

use hearth_models::{GenerateOptions, Tool, ToolChoice};
use serde_json::{Map, Value};

use super::messages::Chat;
use crate::{
    http::{refusal::HttpRefusal, sound::SoundKind},
    protocol::realtime::{
        config::{self, Loaded, TOOLS_MAX},
        error::Refusal,
        fields::Fields,
    },
};

/// Most texts that end an answer, and the longest.
const STOPS_MAX: usize = 4;
const STOP_BYTES_MAX: usize = 256;
/// Most tokens of an answer.
const TOKENS_MAX: u64 = 4_096;

/// What a request wishes.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) chat: Chat,
    pub(super) tools: Arc<[Tool]>,
    pub(super) options: GenerateOptions,
    /// The answer is the arguments of its only tool.
    pub(super) as_json: bool,
    /// At most one call.
    pub(super) one_call: bool,
    /// Voice and kind of sound, when the answer is spoken.
    pub(super) spoken: Option<(String, SoundKind)>,
    pub(super) streams: bool,
    pub(super) tells_usage: bool,
}

impl Wish {
    /// Reads a request.
    ///
    /// # Errors
    /// A refusal that names the field.
    pub(super) fn parse(map: &Map<String, Value>, loaded: &Loaded) -> Result<Self, HttpRefusal> {
        let top = Fields::top(map);
        refuse_what_is_not_there(&top)?;
        let streams = top.maybe_truth("stream")?.unwrap_or(false);
        let stream_options = top.maybe_object("stream_options")?;
        let tells_usage = stream_options.map_or(Ok(None), |options| options.maybe_truth("include_usage"))?;
        let (mut tools, mut tool_choice) = (parse_tools(&top)?, config::parse_tool_choice(&top)?.unwrap_or_default());
        let schema = parse_schema(&top)?;
        let as_json = schema.is_some();
        if let Some(schema) = schema {
            if !tools.is_empty() && tool_choice != ToolChoice::None {
                let message = "'json_schema' and tools are not possible together. Set 'tool_choice' to 'none'.";
                return Err(HttpRefusal::at("response_format", "unsupported_value", message));
            }
            tool_choice = ToolChoice::Function(schema.name.clone());
            tools = vec![schema];
        }
        let options = GenerateOptions {
            tool_choice,
            temperature: between(&top, "temperature", 0.0, 2.0)?.unwrap_or(0.0),
            top_p: between(&top, "top_p", f64::from(f32::MIN_POSITIVE), 1.0)?.unwrap_or(1.0),
            stop: parse_stop(&top)?,
            seed: top.value("seed").and_then(Value::as_i64).unwrap_or_default().cast_unsigned(),
            ..GenerateOptions::default()
        };
        let tokens_max = parse_tokens_max(&top)?.unwrap_or(options.tokens_max);
        Ok(Self {
            chat: Chat::parse(&top)?,
            tools: tools.into(),
            options: GenerateOptions { tokens_max, ..options },
            as_json,
            one_call: top.maybe_truth("parallel_tool_calls")? == Some(false),
            spoken: parse_spoken(&top, streams, loaded)?,
            streams,
            tells_usage: tells_usage.unwrap_or(false),
        })
    }
}

/// What would change the answer, and is not there, is refused; everything else that is not known is left alone.
fn refuse_what_is_not_there(top: &Fields<'_>) -> Result<(), HttpRefusal> {
    let several = top.maybe_count("n")?.is_some_and(|n| n != 1);
    let logprobs = top.maybe_truth("logprobs")? == Some(true);
    for (wanted, param, remedy) in [
        (several, "n", "Only one answer is made: leave 'n' at 1, or ask again."),
        (logprobs, "logprobs", "Probabilities of tokens are not told."),
    ] {
        if wanted {
            return Err(HttpRefusal::at(param, "unsupported_value", remedy));
        }
    }
    Ok(())
}

fn parse_tools(top: &Fields<'_>) -> Result<Vec<Tool>, HttpRefusal> {
    let list = top.maybe_objects("tools")?.unwrap_or_default();
    if list.len() > TOOLS_MAX {
        return Err(Refusal::wrong_value("tools".into(), &format!("at most {TOOLS_MAX} tools")).into());
    }
    let parse = |tool: &Fields<'_>| {
        if tool.maybe_text("type")?.unwrap_or("function") != "function" {
            let kinds = "'function'; other kinds of tools are not supported";
            return Err(Refusal::wrong_value(tool.path_of("type"), kinds));
        }
        config::parse_function(&tool.object("function")?)
    };
    list.iter().map(parse).collect::<Result<_, _>>().map_err(Into::into)
}

/// The schema of the answer, as a tool whose arguments are the answer.
fn parse_schema(top: &Fields<'_>) -> Result<Option<Tool>, HttpRefusal> {
    let Some(format) = top.maybe_object("response_format")? else { return Ok(None) };
    match format.text("type")? {
        "text" => Ok(None),
        "json_schema" => {
            let wanted = format.object("json_schema")?;
            let schema = wanted.object("schema")?;
            if schema.maybe_text("type")?.is_some_and(|kind| kind != "object") {
                return Err(Refusal::wrong_value(schema.path_of("type"), "'object' at the top of a schema").into());
            }
            Ok(Some(Tool {
                name: wanted.text("name")?.to_owned(),
                description: wanted.maybe_text("description")?.unwrap_or_default().to_owned(),
                parameters: Value::Object(schema.map().clone()),
            }))
        }
        "json_object" => {
            let message = "'json_object' is not supported: say which object with 'json_schema'.";
            Err(HttpRefusal::at("response_format.type", "unsupported_value", message))
        }
        _ => Err(Refusal::wrong_value("response_format.type".into(), "'text' or 'json_schema'").into()),
    }
}

fn between(top: &Fields<'_>, name: &str, least: f64, most: f64) -> Result<Option<f32>, HttpRefusal> {
    match top.maybe_number(name)? {
        Some(number) if !(least..=most).contains(&number) => {
            let expected = format!("{} to {most}", if least > 0.0 { "above 0".to_owned() } else { least.to_string() });
            Err(Refusal::wrong_value(name.to_owned(), &expected).into())
        }
        number => Ok(number.map(|number| number as f32)),
    }
}

fn parse_stop(top: &Fields<'_>) -> Result<Vec<String>, HttpRefusal> {
    let stops = match top.value("stop") {
        Some(Value::String(stop)) => vec![stop.as_str()],
        _ => top.maybe_texts("stop")?.unwrap_or_default(),
    };
    if stops.len() > STOPS_MAX || stops.iter().any(|stop| stop.len() > STOP_BYTES_MAX) {
        let expected = format!("at most {STOPS_MAX} texts of at most {STOP_BYTES_MAX} bytes");
        return Err(Refusal::wrong_value("stop".into(), &expected).into());
    }
    Ok(stops.into_iter().map(str::to_owned).collect())
}

fn parse_tokens_max(top: &Fields<'_>) -> Result<Option<u32>, HttpRefusal> {
    for name in ["max_completion_tokens", "max_tokens"] {
        match top.maybe_count(name)? {
            Some(0) => return Err(Refusal::wrong_value(name.to_owned(), "1 or more").into()),
            // More than fits is no error: answers end by themselves.
            Some(tokens) => return Ok(Some(tokens.min(TOKENS_MAX) as u32)),
            None => {}
        }
    }
    Ok(None)
}

/// `modalities` with `audio` in it, or `audio` alone, want a spoken answer.
fn parse_spoken(top: &Fields<'_>, streams: bool, loaded: &Loaded) -> Result<Option<(String, SoundKind)>, HttpRefusal> {
    let audio = top.maybe_object("audio")?;
    let modalities = top.maybe_texts("modalities")?;
    if modalities.iter().flatten().any(|one| !matches!(*one, "text" | "audio")) {
        return Err(Refusal::wrong_value("modalities".into(), "['text'] or ['text', 'audio']").into());
    }
    let wants = modalities.map_or(audio.is_some(), |modalities| modalities.contains(&"audio"));
    if !wants {
        return Ok(None);
    }
    let audio = audio.ok_or_else(|| Refusal::missing("audio".into()))?;
    let voice = config::parse_voice(Some(&audio))?.unwrap_or("default");
    let voice = loaded.voice_named(voice, "audio.voice")?;
    let format = audio.maybe_text("format")?.unwrap_or(if streams { "pcm16" } else { "wav" });
    Ok(Some((voice, SoundKind::parse(format, "audio.format")?)))
}
