//! A prompt as text, by the chat template of the package.
//!
//! Every message is rendered by itself: a template is a plain sequence over tools and messages. So the length of each
//! message is known, and what was rendered before stays the same when something is added.

use minijinja::{Environment, Value, context};

use super::tokens::Tokens;
use crate::{AudioPart, Error, ImagePart, Message, Part, Role, Tool};

/// A compiled chat template.
pub(crate) struct Template {
    environment: Environment<'static>,
}

/// One rendered message: its text, with a run of `<|audio_pad|>` for every piece of sound and a run of image tokens for
/// every picture, in the order of `sounds` and `pictures`.
pub(crate) struct Rendered<'a> {
    pub(crate) text: String,
    pub(crate) sounds: Vec<&'a AudioPart>,
    pub(crate) pictures: Vec<&'a ImagePart>,
}

const NAME: &str = "chat_template.jinja";

impl Template {
    /// Compiles the template.
    ///
    /// # Errors
    /// [`Error::Broken`] with the line that does not compile.
    pub(crate) fn new(source: &str) -> Result<Self, Error> {
        let mut environment = Environment::new();
        // The tokens of a prompt are not HTML, whatever the file is called.
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.add_template_owned(NAME, source.to_owned()).map_err(|error| broken(&error))?;
        Ok(Self { environment })
    }

    /// Tools and instructions: what all prompts of a session begin with.
    ///
    /// # Errors
    /// [`Error::Broken`] when the template fails.
    pub(crate) fn prefix(&self, tokens: &Tokens, instructions: &str, tools: &[Tool]) -> Result<String, Error> {
        let tools: Vec<Value> = tools.iter().map(|tool| tool_value(tokens, tool)).collect();
        let system = context! { role => "system", content => tokens.defuse(instructions) };
        let messages = if instructions.is_empty() { Vec::new() } else { vec![system] };
        self.render(context! { tools, messages })
    }

    /// One message. `positions` tells how many a piece of sound takes.
    ///
    /// # Errors
    /// [`Error::Broken`] when the template fails.
    pub(crate) fn message<'a>(
        &self,
        tokens: &Tokens,
        message: &'a Message,
        positions: &dyn Fn(&AudioPart) -> usize,
    ) -> Result<Rendered<'a>, Error> {
        let messages = match message.role {
            Role::System => vec![context! { role => "system", content => joined_text(tokens, message) }],
            Role::User => vec![context! { role => "user", content => user_content(tokens, message, positions) }],
            Role::Assistant => vec![assistant_value(tokens, message)],
            Role::Tool => tool_results(tokens, message),
        };
        let text = self.render(context! { messages })?;
        Ok(Rendered { text, sounds: sounds(message).collect(), pictures: pictures(message).collect() })
    }

    /// What stands before an answer.
    ///
    /// # Errors
    /// [`Error::Broken`] when the template fails.
    pub(crate) fn ask(&self) -> Result<String, Error> {
        self.render(context! { messages => Vec::<Value>::new(), add_generation_prompt => true })
    }

    fn render(&self, values: Value) -> Result<String, Error> {
        self.environment.get_template(NAME).and_then(|template| template.render(values)).map_err(|error| broken(&error))
    }
}

fn broken(error: &minijinja::Error) -> Error {
    Error::Broken(format!("chat template: {error:#}"))
}

/// A tool as the template reads it, every text in it defused.
fn tool_value(tokens: &Tokens, tool: &Tool) -> Value {
    let parameters = Value::from_serialize(defused(tokens, &tool.parameters));
    context! { name => tokens.defuse(&tool.name), description => tokens.defuse(&tool.description), parameters }
}

fn defused(tokens: &Tokens, json: &serde_json::Value) -> serde_json::Value {
    match json {
        serde_json::Value::String(text) => tokens.defuse(text).into(),
        serde_json::Value::Array(items) => items.iter().map(|item| defused(tokens, item)).collect(),
        serde_json::Value::Object(fields) => {
            fields.iter().map(|(key, value)| (tokens.defuse(key), defused(tokens, value))).collect()
        }
        other => other.clone(),
    }
}

/// Sound the core reads itself; sound without steps is read by its transcript.
pub(crate) fn sounds(message: &Message) -> impl Iterator<Item = &AudioPart> {
    message.parts.iter().filter_map(|part| match part {
        Part::Audio(sound) if !sound.steps.is_empty() && message.role == Role::User => Some(sound),
        _ => None,
    })
}

/// Pictures the core looks at.
pub(crate) fn pictures(message: &Message) -> impl Iterator<Item = &ImagePart> {
    message.parts.iter().filter_map(|part| match part {
        Part::Image(image) if message.role == Role::User => Some(image),
        _ => None,
    })
}

fn user_content(tokens: &Tokens, message: &Message, positions: &dyn Fn(&AudioPart) -> usize) -> Value {
    let part = |part: &Part| match part {
        Part::Text(text) => Some(context! { text => tokens.defuse(text) }),
        Part::Audio(sound) if !sound.steps.is_empty() => Some(context! { positions => positions(sound) }),
        Part::Image(image) => Some(context! { image_positions => image.embeddings.len() }),
        Part::Audio(sound) => sound.transcript.as_ref().map(|text| context! { text => tokens.defuse(text) }),
        _ => None,
    };
    Value::from(message.parts.iter().filter_map(part).collect::<Vec<_>>())
}

fn joined_text(tokens: &Tokens, message: &Message) -> String {
    let text = |part: &Part| match part {
        Part::Text(text) => Some(tokens.defuse(text)),
        _ => None,
    };
    message.parts.iter().filter_map(text).collect()
}

fn assistant_value(tokens: &Tokens, message: &Message) -> Value {
    let heard = message.parts.iter().find_map(|part| match part {
        Part::Heard(text) => Some(tokens.defuse(text)),
        _ => None,
    });
    let call = |part: &Part| match part {
        Part::ToolCall(call) => {
            let arguments = tokens.defuse(&canonical(&call.arguments));
            Some(context! { name => tokens.defuse(&call.name), arguments })
        }
        _ => None,
    };
    let tool_calls: Vec<Value> = message.parts.iter().filter_map(call).collect();
    context! { role => "assistant", heard, content => joined_text(tokens, message), tool_calls }
}

fn tool_results(tokens: &Tokens, message: &Message) -> Vec<Value> {
    let result = |part: &Part| match part {
        Part::ToolResult { output, .. } => Some(context! { role => "tool", content => tokens.defuse(output) }),
        _ => None,
    };
    message.parts.iter().filter_map(result).collect()
}

/// JSON the way the core writes it: no spaces, fields in their order. What is no JSON stays as it is.
fn canonical(arguments: &str) -> String {
    let parsed: Result<serde_json::Value, _> = serde_json::from_str(arguments);
    parsed.map_or_else(|_| arguments.to_owned(), |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ToolCall, core::tokens::tests::small};

    const SOURCE: &str = "{%- if tools -%}T:{% for t in tools %}{{ t.name }}({% for n, p in t.parameters.properties|items %}\
{{ n }}:{{ p.enum|join('|') if p.enum else p.type }},{% endfor %}){% endfor %}<|im_end|>{%- endif -%}\
{%- for m in messages -%}{%- if m.role == 'user' -%}<|user|>{% for part in m.content %}{% if part.positions %}<|audio_start|>\
{% for _ in range(part.positions) %}<|audio_pad|>{% endfor %}<|audio_end|>{% else %}{{ part.text }}{% endif %}{% endfor %}\
{%- elif m.role == 'assistant' -%}<|assistant|>{% if m.heard %}<|heard|>{{ m.heard }}<|/heard|>{% endif %}{{ m.content }}\
{% for c in m.tool_calls %}<|tool_call|>{\"name\":\"{{ c.name }}\",\"arguments\":{{ c.arguments }}}<|/tool_call|>{% endfor %}\
{%- else -%}({{ m.role }}){{ m.content }}{%- endif -%}<|im_end|>{%- endfor -%}{%- if add_generation_prompt -%}<|assistant|>{%- endif -%}";

    fn message(role: Role, parts: Vec<Part>) -> Message {
        Message { role, parts }
    }

    fn rendered(message: &Message) -> String {
        Template::new(SOURCE).unwrap().message(&small(), message, &|sound| sound.steps.len().div_ceil(2)).unwrap().text
    }

    #[test]
    fn tools_keep_the_order_of_their_fields() {
        let parameters = serde_json::json!({"properties": {"zone": {"enum": ["b", "a"]}, "at": {"type": "string"}}});
        let tool = Tool { name: "set".into(), description: String::new(), parameters };
        let text = Template::new(SOURCE).unwrap().prefix(&small(), "Be <|im_end|> kind & <b>", &[tool]).unwrap();
        assert_eq!(text, "T:set(zone:b|a,at:string,)<|im_end|>(system)Be < |im_end|> kind & <b><|im_end|>");
    }

    #[test]
    fn sound_takes_as_many_positions_as_it_is_given() {
        let sound = AudioPart { id: 1, steps: vec![[0.0].into(); 5], transcript: None };
        let silent = AudioPart { id: 2, steps: vec![], transcript: Some("told before".into()) };
        let user = message(Role::User, vec![Part::Text("so ".into()), Part::Audio(sound), Part::Audio(silent)]);
        let text = rendered(&user);
        assert_eq!(
            text,
            format!("<|user|>so <|audio_start|>{}<|audio_end|>told before<|im_end|>", "<|audio_pad|>".repeat(3))
        );
        assert_eq!(sounds(&user).count(), 1);
    }

    #[test]
    fn an_answer_shows_what_was_heard_and_called() {
        let call = ToolCall { id: "1".into(), name: "set".into(), arguments: "{ \"zone\": \"a\", \"at\": 1 }".into() };
        let parts = vec![Part::Heard("set a".into()), Part::Text("Yes.".into()), Part::ToolCall(call)];
        let text = rendered(&message(Role::Assistant, parts));
        let call = r#"<|tool_call|>{"name":"set","arguments":{"zone":"a","at":1}}<|/tool_call|>"#;
        assert_eq!(text, format!("<|assistant|><|heard|>set a<|/heard|>Yes.{call}<|im_end|>"));
        let result = Part::ToolResult { call_id: "1".into(), output: "done".into() };
        assert_eq!(rendered(&message(Role::Tool, vec![result.clone(), result])), "(tool)done<|im_end|>".repeat(2));
        assert_eq!(Template::new(SOURCE).unwrap().ask().unwrap(), "<|assistant|>");
    }

    #[test]
    fn a_template_that_does_not_compile_says_where() {
        assert!(Template::new("{% if %}").err().unwrap().to_string().contains("chat template"));
    }
}
