//! The session as the client configured it: partial updates in, the full effective configuration out.

use std::sync::Arc;

use hearth_audio::SampleRate;
use hearth_models::{Tool, ToolChoice};
use serde_json::{Map, Value, json};

use super::{detection::TurnDetection, error::Refusal, fields::Fields};

/// What a session says it is when the client gave no instructions.
pub const INSTRUCTIONS_DEFAULT: &str = "You are Hearth, a friendly voice assistant in a home. Answer briefly.";

/// What is loaded, for the parts of a configuration that name it.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The model every session gets, whatever it asked for.
    pub model: String,
    /// Names of the voices, the default one first; never empty.
    pub voices: Vec<String>,
}

/// Voices that OpenAI has: clients name them by habit, and mean "any".
const VOICES_OF_OTHERS: [&str; 15] = [
    "alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "juniper", "marin", "nova", "onyx", "sage", "shimmer",
    "verse", "default",
];

impl Loaded {
    /// The voice called `name`; for the names of OpenAI's voices the default one.
    ///
    /// # Errors
    /// A [`Refusal`] of the field `param` that names the voices there are.
    pub(crate) fn voice_named(&self, name: &str, param: &str) -> Result<String, Refusal> {
        if self.voices.iter().any(|voice| voice == name) || VOICES_OF_OTHERS.contains(&name) {
            return Ok(self.voice(Some(name)));
        }
        let message = format!("The voice '{name}' is not known. The voices are: {}.", self.voices.join(", "));
        Err(Refusal::new("unknown_voice", message).at(param))
    }

    /// The voice called `name`, or else the default one: clients ask for voices of other makers.
    #[must_use]
    pub fn voice(&self, name: Option<&str>) -> String {
        let known = name.and_then(|name| self.voices.iter().find(|voice| *voice == name));
        known.or_else(|| self.voices.first()).cloned().unwrap_or_default()
    }
}

/// How sound is written on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AudioFormat {
    /// Signed 16-bit little-endian at 8 to 48 kHz.
    Pcm(SampleRate),
    /// G.711 mu-law at 8 kHz.
    Mulaw,
    /// G.711 A-law at 8 kHz.
    Alaw,
}

impl AudioFormat {
    /// Samples per second.
    #[must_use]
    pub fn rate(self) -> SampleRate {
        match self {
            Self::Pcm(rate) => rate,
            Self::Mulaw | Self::Alaw => SampleRate::HZ_8000,
        }
    }

    /// Bytes of one sample.
    #[must_use]
    pub fn sample_bytes(self) -> usize {
        match self {
            Self::Pcm(_) => 2,
            Self::Mulaw | Self::Alaw => 1,
        }
    }

    /// As the wire says it.
    #[must_use]
    pub fn to_json(self) -> Value {
        match self {
            Self::Pcm(rate) => json!({ "type": "audio/pcm", "rate": rate.hz() }),
            Self::Mulaw => json!({ "type": "audio/pcmu" }),
            Self::Alaw => json!({ "type": "audio/pcma" }),
        }
    }

    pub(crate) fn parse(fields: Option<&Fields<'_>>) -> Result<Self, Refusal> {
        let Some(fields) = fields else { return Ok(Self::Pcm(SampleRate::HZ_24000)) };
        match fields.maybe_text("type")?.unwrap_or("audio/pcm") {
            "audio/pcm" => {
                let rate = fields.maybe_count("rate")?.unwrap_or(24_000);
                let rate =
                    u32::try_from(rate).ok().filter(|hz| (8_000..=48_000).contains(hz)).and_then(SampleRate::new);
                rate.map(Self::Pcm).ok_or_else(|| Refusal::wrong_value(fields.path_of("rate"), "8000 to 48000"))
            }
            "audio/pcmu" => Ok(Self::Mulaw),
            "audio/pcma" => Ok(Self::Alaw),
            _ => Err(Refusal::wrong_value(fields.path_of("type"), "'audio/pcm', 'audio/pcmu' or 'audio/pcma'")),
        }
    }
}

/// What the answer is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modality {
    /// Written words only.
    Text,
    /// Speech, with its transcript.
    Audio,
}

impl Modality {
    /// As the wire says it: a list of one.
    #[must_use]
    pub fn to_json(self) -> Value {
        match self {
            Self::Text => json!(["text"]),
            Self::Audio => json!(["audio"]),
        }
    }

    pub(crate) fn parse(fields: &Fields<'_>) -> Result<Option<Self>, Refusal> {
        let Some(names) = fields.maybe_texts("output_modalities")? else { return Ok(None) };
        let wrong = || Refusal::wrong_value(fields.path_of("output_modalities"), "['audio'] or ['text']");
        match names.as_slice() {
            ["text"] => Ok(Some(Self::Text)),
            // Older clients name both and mean speech with its transcript.
            ["audio"] | ["text", "audio"] | ["audio", "text"] => Ok(Some(Self::Audio)),
            _ => Err(wrong()),
        }
    }
}

/// Most bytes of a whole configuration, so that an echo of it fits a frame.
pub const SESSION_BYTES_MAX: usize = 512 * 1024;
/// Most tools of a session or a response.
pub const TOOLS_MAX: usize = 128;
/// Most characters of instructions.
pub const INSTRUCTIONS_CHARS_MAX: usize = 64 * 1024;

/// Everything a client can set, parsed.
#[derive(Debug, Clone)]
pub struct SessionConfig {
    /// Only hear and write down, never answer.
    pub transcription_only: bool,
    /// What answers are made of.
    pub modality: Modality,
    /// Who the model is and how it behaves.
    pub instructions: String,
    /// What it may call.
    pub tools: Arc<[Tool]>,
    /// Which calls it may or must make.
    pub tool_choice: ToolChoice,
    /// Most tokens of an answer; `None` is as many as fit.
    pub tokens_max: Option<u32>,
    /// How sound comes in.
    pub input_format: AudioFormat,
    /// Whether the client wants to read what was heard.
    pub transcribe: bool,
    /// Who ends the user's turn; `None` is the client.
    pub turn_detection: Option<TurnDetection>,
    /// How sound goes out.
    pub output_format: AudioFormat,
    /// One of the loaded voices.
    pub voice: String,
    /// Of the voice, 0.25 to 4.
    pub speed: f32,
    effective: Map<String, Value>,
}

impl SessionConfig {
    /// What a session is before its client said anything.
    ///
    /// # Errors
    /// Never with the defaults of this file; the type says otherwise because they are parsed as an update is.
    pub fn initial(loaded: &Loaded) -> Result<Self, Refusal> {
        Self::parse(&Map::new(), loaded)
    }

    /// This configuration with `patch` merged into it: objects merge, `null` clears, everything else replaces.
    ///
    /// # Errors
    /// A [`Refusal`] naming the field that cannot be; this configuration stays as it is.
    pub fn updated(&self, patch: &Map<String, Value>, loaded: &Loaded) -> Result<Self, Refusal> {
        let mut merged = self.effective.clone();
        merge(&mut merged, patch);
        let config = Self::parse(&merged, loaded)?;
        let bytes = serde_json::to_string(&config.effective).map_or(usize::MAX, |text| text.len());
        if bytes > SESSION_BYTES_MAX {
            let expected = format!("at most {SESSION_BYTES_MAX} bytes of configuration");
            return Err(Refusal::wrong_value("session".to_owned(), &expected));
        }
        Ok(config)
    }

    /// The full effective configuration, as `session.created` and `session.updated` carry it.
    #[must_use]
    pub fn effective(&self) -> &Map<String, Value> {
        &self.effective
    }

    fn parse(merged: &Map<String, Value>, loaded: &Loaded) -> Result<Self, Refusal> {
        let top = Fields::within("session", merged);
        let audio = top.maybe_object("audio")?;
        let input = audio.as_ref().map(|audio| audio.maybe_object("input")).transpose()?.flatten();
        let output = audio.as_ref().map(|audio| audio.maybe_object("output")).transpose()?.flatten();
        let config = Self {
            transcription_only: parse_kind(&top)?,
            modality: Modality::parse(&top)?.unwrap_or(Modality::Audio),
            instructions: parse_instructions(&top)?.unwrap_or_else(|| INSTRUCTIONS_DEFAULT.to_owned()),
            tools: parse_tools(&top)?.unwrap_or_default(),
            tool_choice: parse_tool_choice(&top)?.unwrap_or_default(),
            tokens_max: parse_tokens_max(&top)?.flatten(),
            input_format: AudioFormat::parse(sub(input.as_ref(), "format")?.as_ref())?,
            transcribe: sub(input.as_ref(), "transcription")?.is_some(),
            turn_detection: parse_turn_detection(input.as_ref())?,
            output_format: AudioFormat::parse(sub(output.as_ref(), "format")?.as_ref())?,
            voice: loaded.voice(parse_voice(output.as_ref())?),
            speed: parse_speed(output.as_ref())?,
            effective: Map::new(),
        };
        let transcription = input.as_ref().and_then(|input| input.value("transcription")).cloned();
        let effective = config.describe(merged, transcription.as_ref(), loaded);
        Ok(Self { effective, ..config })
    }

    /// The effective configuration as JSON. What Hearth takes note of but does not act on is echoed as it was set.
    fn describe(
        &self,
        merged: &Map<String, Value>,
        transcription: Option<&Value>,
        loaded: &Loaded,
    ) -> Map<String, Value> {
        let set =
            |name: &str, default: Value| merged.get(name).filter(|value| !value.is_null()).cloned().unwrap_or(default);
        let input = json!({
            "format": self.input_format.to_json(),
            "transcription": transcription,
            "noise_reduction": null,
            "turn_detection": self.turn_detection.map(TurnDetection::to_json),
        });
        if self.transcription_only {
            let whole =
                json!({ "type": "transcription", "audio": { "input": input }, "include": set("include", Value::Null) });
            return into_map(whole);
        }
        into_map(json!({
            "type": "realtime",
            "model": loaded.model,
            "output_modalities": self.modality.to_json(),
            "instructions": self.instructions,
            "tools": set("tools", json!([])),
            "tool_choice": set("tool_choice", json!("auto")),
            "max_output_tokens": self.tokens_max.map_or_else(|| json!("inf"), |tokens| json!(tokens)),
            "tracing": set("tracing", Value::Null),
            "truncation": set("truncation", json!("auto")),
            "prompt": set("prompt", Value::Null),
            "include": set("include", Value::Null),
            "audio": {
                "input": input,
                "output": { "format": self.output_format.to_json(), "voice": self.voice, "speed": round(self.speed) },
            },
        }))
    }
}

/// Tools of a session or a response, in the OpenAI function schema.
pub(crate) fn parse_tools(fields: &Fields<'_>) -> Result<Option<Arc<[Tool]>>, Refusal> {
    let Some(list) = fields.maybe_objects("tools")? else { return Ok(None) };
    if list.len() > TOOLS_MAX {
        return Err(Refusal::wrong_value(fields.path_of("tools"), &format!("at most {TOOLS_MAX} tools")));
    }
    list.iter().map(parse_tool).collect::<Result<Vec<_>, _>>().map(|tools| Some(tools.into()))
}

fn parse_tool(fields: &Fields<'_>) -> Result<Tool, Refusal> {
    if fields.maybe_text("type")?.unwrap_or("function") != "function" {
        return Err(Refusal::wrong_value(fields.path_of("type"), "'function'; other kinds of tools are not supported"));
    }
    parse_function(fields)
}

/// What a tool is called, what it does and what it takes.
pub(crate) fn parse_function(fields: &Fields<'_>) -> Result<Tool, Refusal> {
    let parameters = match fields.maybe_object("parameters")? {
        Some(schema) => Value::Object(schema.map().clone()),
        None => json!({ "type": "object", "properties": {} }),
    };
    Ok(Tool {
        name: fields.text("name")?.to_owned(),
        description: fields.maybe_text("description")?.unwrap_or_default().to_owned(),
        parameters,
    })
}

/// `auto`, `none`, `required`, or a function by name.
pub(crate) fn parse_tool_choice(fields: &Fields<'_>) -> Result<Option<ToolChoice>, Refusal> {
    let wrong = || Refusal::wrong_value(fields.path_of("tool_choice"), "'auto', 'none', 'required' or a function");
    match fields.value("tool_choice") {
        None => Ok(None),
        Some(Value::String(word)) => match word.as_str() {
            "auto" => Ok(Some(ToolChoice::Auto)),
            "none" => Ok(Some(ToolChoice::None)),
            "required" => Ok(Some(ToolChoice::Required)),
            _ => Err(wrong()),
        },
        Some(Value::Object(_)) => {
            let choice = fields.object("tool_choice")?;
            let function = choice.maybe_text("type")? == Some("function");
            // Chat completions write the name one level deeper.
            let named = choice.maybe_object("function")?.unwrap_or(choice);
            if function { Ok(Some(ToolChoice::Function(named.text("name")?.to_owned()))) } else { Err(wrong()) }
        }
        Some(_) => Err(wrong()),
    }
}

/// `Some(None)` is `inf`.
pub(crate) fn parse_tokens_max(fields: &Fields<'_>) -> Result<Option<Option<u32>>, Refusal> {
    match fields.value("max_output_tokens") {
        None => Ok(None),
        Some(Value::String(word)) if word == "inf" => Ok(Some(None)),
        Some(_) => match fields.maybe_count("max_output_tokens") {
            Ok(Some(tokens @ 1..=4096)) => Ok(Some(Some(tokens as u32))),
            _ => Err(Refusal::wrong_value(fields.path_of("max_output_tokens"), "1 to 4096 or 'inf'")),
        },
    }
}

/// Instructions, bounded.
pub(crate) fn parse_instructions(fields: &Fields<'_>) -> Result<Option<String>, Refusal> {
    let Some(text) = fields.maybe_text("instructions")? else { return Ok(None) };
    if text.len() > INSTRUCTIONS_CHARS_MAX {
        return Err(Refusal::wrong_value(
            fields.path_of("instructions"),
            &format!("at most {INSTRUCTIONS_CHARS_MAX} bytes"),
        ));
    }
    Ok(Some(text.to_owned()))
}

/// A voice by name or by `{id}`.
pub(crate) fn parse_voice<'a>(output: Option<&Fields<'a>>) -> Result<Option<&'a str>, Refusal> {
    let Some(output) = output else { return Ok(None) };
    match output.value("voice") {
        Some(Value::Object(_)) => output.object("voice")?.maybe_text("id"),
        _ => output.maybe_text("voice"),
    }
}

fn parse_kind(top: &Fields<'_>) -> Result<bool, Refusal> {
    match top.maybe_text("type")?.unwrap_or("realtime") {
        "realtime" => Ok(false),
        "transcription" => Ok(true),
        _ => Err(Refusal::wrong_value(top.path_of("type"), "'realtime' or 'transcription'")),
    }
}

/// An absent detection is the default one, an explicit `null` is none: push to talk.
fn parse_turn_detection(input: Option<&Fields<'_>>) -> Result<Option<TurnDetection>, Refusal> {
    let Some(input) = input.filter(|input| input.has("turn_detection")) else {
        return Ok(Some(TurnDetection::default()));
    };
    input.maybe_object("turn_detection")?.map(|fields| TurnDetection::parse(&fields)).transpose()
}

/// Of the voice.
pub(crate) fn parse_speed(output: Option<&Fields<'_>>) -> Result<f32, Refusal> {
    let Some(output) = output else { return Ok(1.0) };
    let speed = output.maybe_number("speed")?.unwrap_or(1.0);
    if !(0.25..=4.0).contains(&speed) {
        return Err(Refusal::wrong_value(output.path_of("speed"), "0.25 to 4.0"));
    }
    Ok(speed as f32)
}

fn sub<'a>(fields: Option<&Fields<'a>>, name: &str) -> Result<Option<Fields<'a>>, Refusal> {
    fields.map_or(Ok(None), |fields| fields.maybe_object(name))
}

fn round(number: f32) -> f64 {
    (f64::from(number) * 1e6).round() / 1e6
}

fn into_map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Merges `patch` into `base`: objects merge, everything else replaces. An object that says it is of another `type`
/// replaces as a whole, so that nothing of the old kind is left in it.
fn merge(base: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (name, new) in patch {
        match (base.get_mut(name), new) {
            (Some(Value::Object(old)), Value::Object(new)) if !changes_type(old, new) && name != "parameters" => {
                merge(old, new)
            }
            _ => {
                base.insert(name.clone(), new.clone());
            }
        }
    }
}

fn changes_type(old: &Map<String, Value>, new: &Map<String, Value>) -> bool {
    new.get("type").is_some_and(|kind| old.get("type") != Some(kind))
}

#[cfg(test)]
mod tests {
    use super::{
        super::detection::{DetectionKind, Eagerness},
        *,
    };

    fn loaded() -> Loaded {
        Loaded { model: "pocket".into(), voices: vec!["ember".into(), "ash".into()] }
    }

    fn updated(config: &SessionConfig, patch: Value) -> Result<SessionConfig, Refusal> {
        config.updated(&into_map(patch), &loaded())
    }

    #[test]
    fn updates_merge_and_null_clears() {
        let first = SessionConfig::initial(&loaded()).unwrap();
        let second =
            updated(&first, json!({ "instructions": "be kind", "audio": { "output": { "voice": "ash" } } })).unwrap();
        let third = updated(&second, json!({ "audio": { "input": { "turn_detection": null } } })).unwrap();
        assert_eq!((third.instructions.as_str(), third.voice.as_str(), third.turn_detection), ("be kind", "ash", None));
        assert_eq!(third.effective()["audio"]["input"]["turn_detection"], Value::Null);
        let fourth = updated(
            &third,
            json!({ "instructions": null, "audio": { "input": { "turn_detection": { "silence_duration_ms": 200 } } } }),
        );
        let fourth = fourth.unwrap();
        assert_eq!(fourth.instructions, INSTRUCTIONS_DEFAULT);
        assert_eq!(fourth.effective()["audio"]["input"]["turn_detection"]["silence_duration_ms"], 200);
        assert_eq!(fourth.effective()["audio"]["input"]["turn_detection"]["threshold"], 0.5);
    }

    #[test]
    fn another_type_replaces_as_a_whole() {
        let first = SessionConfig::initial(&loaded()).unwrap();
        let telephone =
            updated(&first, json!({ "audio": { "input": { "format": { "type": "audio/pcmu" } } } })).unwrap();
        assert_eq!(telephone.effective()["audio"]["input"]["format"], json!({ "type": "audio/pcmu" }));
        assert_eq!(telephone.input_format.rate(), SampleRate::HZ_8000);
        let wide = json!({ "audio": { "input": { "format": { "type": "audio/pcm", "rate": 48_000 } } } });
        assert_eq!(updated(&telephone, wide).unwrap().input_format, AudioFormat::Pcm(SampleRate::HZ_48000));
        let detection = json!({ "audio": { "input": { "turn_detection": { "type": "semantic_vad" } } } });
        assert_eq!(
            updated(&first, detection).unwrap().turn_detection.unwrap().kind,
            DetectionKind::SemanticVad(Eagerness::Auto)
        );
    }

    #[test]
    fn what_cannot_be_is_named() {
        let config = SessionConfig::initial(&loaded()).unwrap();
        for (patch, param) in [
            (json!({ "type": "video" }), "session.type"),
            (json!({ "output_modalities": ["smell"] }), "session.output_modalities"),
            (json!({ "tool_choice": "always" }), "session.tool_choice"),
            (json!({ "max_output_tokens": 4097 }), "session.max_output_tokens"),
            (json!({ "audio": { "output": { "speed": 9 } } }), "session.audio.output.speed"),
            (json!({ "audio": { "input": { "format": { "rate": 1 } } } }), "session.audio.input.format.rate"),
            (json!({ "audio": [] }), "session.audio"),
            (json!({ "tools": [{ "type": "mcp" }] }), "session.tools[0].type"),
            (json!({ "instructions": "x".repeat(INSTRUCTIONS_CHARS_MAX + 1) }), "session.instructions"),
        ] {
            assert_eq!(updated(&config, patch).unwrap_err().param.as_deref(), Some(param));
        }
    }

    #[test]
    fn voices_of_others_fall_back() {
        assert_eq!(loaded().voice(Some("marin")), "ember");
        assert_eq!(loaded().voice(Some("ash")), "ash");
        assert_eq!(loaded().voice(None), "ember");
    }

    #[test]
    fn tools_are_read_and_echoed() {
        let config = SessionConfig::initial(&loaded()).unwrap();
        let tool = json!({ "type": "function", "name": "f", "description": "d", "parameters": { "type": "object" } });
        let config =
            updated(&config, json!({ "tools": [tool], "tool_choice": { "type": "function", "name": "f" } })).unwrap();
        assert_eq!(config.effective()["tools"], json!([tool]));
        assert_eq!((config.tools[0].name.as_str(), &config.tool_choice), ("f", &ToolChoice::Function("f".into())));
        assert!(updated(&config, json!({ "tools": [] })).unwrap().tools.is_empty());
    }

    #[test]
    fn only_listening_has_no_answers() {
        let config = SessionConfig::initial(&loaded()).unwrap();
        let config = updated(
            &config,
            json!({ "type": "transcription", "audio": { "input": { "transcription": { "model": "x" } } } }),
        )
        .unwrap();
        assert!(config.transcription_only && config.transcribe);
        assert_eq!(config.effective()["audio"].get("output"), None);
    }
}
