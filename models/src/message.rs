//! The history a model reads.

use std::sync::Arc;

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The application: instructions within the conversation.
    System,
    /// The person.
    User,
    /// The model itself; cut to what was heard.
    Assistant,
    /// Results of tools.
    Tool,
}

/// What was said in the sound of one utterance, as the speech encoder sees it.
///
/// Two parts with the same `id` are the same sound; the longer one continues the shorter one. So a core keeps what it
/// already read while the utterance grows.
#[derive(Debug, Clone)]
pub struct AudioPart {
    /// Unique in this process.
    pub id: u64,
    /// One embedding per speech step (80 ms), in order.
    pub steps: Vec<SpeechEmbedding>,
    /// What the speech encoder's own reader made of it, when it is known: for models that read text only.
    pub transcript: Option<String>,
}

/// One speech step as the encoder hands it to the core.
pub type SpeechEmbedding = Arc<[f32]>;

/// One picture, as the eyes see it.
#[derive(Debug, Clone)]
pub struct ImagePart {
    /// Unique in this process: the same id is the same picture.
    pub id: u64,
    /// One embedding per image position, in order.
    pub embeddings: Arc<[ImageEmbedding]>,
}

/// One of the tokens the eyes make of a picture.
pub type ImageEmbedding = Arc<[f32]>;

/// One call of a tool.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolCall {
    /// Chosen by whoever made the call; ties the result to it.
    pub id: String,
    /// Name of the tool.
    pub name: String,
    /// A JSON object as text, as the model wrote it.
    pub arguments: String,
}

/// One piece of a message.
#[derive(Debug, Clone)]
pub enum Part {
    /// Written words.
    Text(String),
    /// Sound of the person.
    Audio(AudioPart),
    /// A picture.
    Image(ImagePart),
    /// What the model wrote down of the sound it answered (assistant only).
    Heard(String),
    /// The model wants a tool called (assistant only).
    ToolCall(ToolCall),
    /// What a tool answered (tool only).
    ToolResult {
        /// The call it answers.
        call_id: String,
        /// What came back, mostly JSON.
        output: String,
    },
}

/// One message of the conversation.
#[derive(Debug, Clone)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said, in order.
    pub parts: Vec<Part>,
}

/// A function that the model may call, in the terms of the OpenAI function schema.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// Name the call carries.
    pub name: String,
    /// What it does, for the model.
    pub description: String,
    /// JSON schema of the arguments, an object.
    pub parameters: serde_json::Value,
}

/// Which tools the model may or must call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ToolChoice {
    /// The model decides.
    #[default]
    Auto,
    /// No call.
    None,
    /// At least one call.
    Required,
    /// A call of this very function.
    Function(String),
}

/// Everything a core reads before it answers. The prompt is the truth, a core's memory of it only a cache.
#[derive(Debug, Clone, Default)]
pub struct Prompt {
    /// Who the model is and how it behaves.
    pub instructions: String,
    /// What it may call.
    pub tools: Arc<[Tool]>,
    /// The conversation so far, oldest first.
    pub messages: Vec<Message>,
}
