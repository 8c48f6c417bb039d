//! What the core is given to read, and what becomes of a session whose models break.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails loudly")]

mod line;

use std::sync::{Arc, Mutex};

use futures_util::stream::BoxStream;
use hearth_models::{
    Core, CoreContext, Error, GenerateOptions, Generation, Models, Prompt, SpeechChunk, Tts, Voice, scripted,
};
use hearth_session::Policy;
use line::{Line, Server, silence, voice};
use serde_json::{Value, json};

type Prompts = Arc<Mutex<Vec<String>>>;

/// A core that notes what it is given to read.
struct Noting {
    inner: Arc<dyn Core>,
    read: Prompts,
    read_ahead: Prompts,
}

struct NotingContext {
    inner: Box<dyn CoreContext>,
    read: Prompts,
    read_ahead: Prompts,
}

impl Core for Noting {
    fn open(&self) -> Box<dyn CoreContext> {
        let (read, read_ahead) = (Arc::clone(&self.read), Arc::clone(&self.read_ahead));
        Box::new(NotingContext { inner: self.inner.open(), read, read_ahead })
    }

    fn context_tokens_max(&self) -> usize {
        self.inner.context_tokens_max()
    }
}

impl CoreContext for NotingContext {
    fn prefill(&mut self, prompt: &Prompt) {
        self.read_ahead.lock().unwrap().push(format!("{prompt:?}"));
    }

    fn generate(&mut self, prompt: &Prompt, options: &GenerateOptions) -> Result<Generation, Error> {
        self.read.lock().unwrap().push(format!("{prompt:?}"));
        self.inner.generate(prompt, options)
    }
}

fn models(script: &str) -> Models {
    scripted::open(toml::from_str(script).unwrap())
}

/// A server whose core notes what it reads and what it reads ahead.
async fn noting(script: &str) -> (Server, Prompts, Prompts) {
    let (read, read_ahead) = (Prompts::default(), Prompts::default());
    let models = models(script);
    let mind = Noting { inner: models.mind, read: Arc::clone(&read), read_ahead: Arc::clone(&read_ahead) };
    let server = Server::with(Models { mind: Arc::new(mind), ..models }, Policy::default(), 4, None).await;
    (server, read, read_ahead)
}

async fn answer(line: &mut Line) -> Value {
    line.send(json!({ "type": "response.create" })).await;
    line.wait("response.done").await["response"].clone()
}

#[tokio::test]
async fn what_was_cut_or_deleted_is_not_read_again() {
    let (server, read, _) = noting("[[answer]]\nsays = \"alpha beta gamma delta\"").await;
    let mut line = Line::open(&server).await;
    line.configure(json!({ "instructions": "be brief", "audio": { "input": { "turn_detection": null } } })).await;
    line.say("first question").await;
    let item = answer(&mut line).await["output"][0]["id"].clone();
    line.send(
        json!({ "type": "conversation.item.truncate", "item_id": item, "content_index": 0, "audio_end_ms": 450 }),
    )
    .await;
    line.wait("conversation.item.truncated").await;
    line.say("second question").await;
    answer(&mut line).await;
    line.send(json!({ "type": "conversation.item.delete", "item_id": item })).await;
    line.wait("conversation.item.deleted").await;
    answer(&mut line).await;
    let read = read.lock().unwrap().clone();
    assert!(read[0].contains("be brief") && !read[0].contains("alpha"));
    assert!(read[1].contains("\"alpha beta\"") && !read[1].contains("gamma\""), "{}", read[1]);
    assert!(!read[2].contains("\"alpha beta\"") && read[2].contains("alpha beta gamma delta"), "{}", read[2]);
}

#[tokio::test]
async fn words_still_to_be_played_are_not_read_when_the_user_takes_over() {
    let (server, read, _) = noting("[[answer]]\nsays = \"alpha beta gamma delta epsilon zeta eta theta\"").await;
    let mut line = Line::open(&server).await;
    line.speak().await;
    // All of it was sent, next to nothing was played.
    line.wait("response.done").await;
    line.speak().await;
    line.wait("response.done").await;
    let read = read.lock().unwrap().clone();
    assert!(!read[1].contains("theta"), "{}", read[1]);
}

#[tokio::test]
async fn the_core_reads_ahead_while_the_user_speaks() {
    let (server, read, read_ahead) = noting("[[answer]]\nsays = \"yes\"").await;
    let mut line = Line::open(&server).await;
    line.hear(&voice(1500)).await;
    line.send(json!({ "type": "conversation.item.retrieve", "item_id": "x" })).await;
    while line.next().await.unwrap()["type"] != "error" {}
    let while_speaking = read_ahead.lock().unwrap().len();
    assert!(while_speaking >= 2, "once for every half second");
    line.hear(&silence(200)).await;
    line.send(json!({ "type": "conversation.item.retrieve", "item_id": "x" })).await;
    while line.next().await.unwrap()["type"] != "error" {}
    assert!(read_ahead.lock().unwrap().len() > while_speaking, "and once more at the pause");
    assert!(read.lock().unwrap().is_empty());
}

#[tokio::test]
async fn wishes_of_a_response_reach_the_core() {
    let (server, read, _) = noting("[[answer]]\nsays = \"yes\"").await;
    let mut line = Line::open_text(&server).await;
    line.say("in the conversation").await;
    let tool = json!({ "type": "function", "name": "only_here" });
    let wish = json!({ "instructions": "sing", "tools": [tool], "input": [] });
    line.send(json!({ "type": "response.create", "response": wish })).await;
    line.wait("response.done").await;
    answer(&mut line).await;
    let read = read.lock().unwrap().clone();
    assert!(read[0].contains("sing") && read[0].contains("only_here") && !read[0].contains("in the conversation"));
    assert!(!read[1].contains("sing") && !read[1].contains("only_here") && read[1].contains("in the conversation"));
}

/// A core that panics.
struct Panicking;

impl Core for Panicking {
    fn open(&self) -> Box<dyn CoreContext> {
        Box::new(Self)
    }

    fn context_tokens_max(&self) -> usize {
        1
    }
}

impl CoreContext for Panicking {
    fn prefill(&mut self, _: &Prompt) {}

    fn generate(&mut self, prompt: &Prompt, _: &GenerateOptions) -> Result<Generation, Error> {
        assert!(!format!("{prompt:?}").contains("panic"), "as asked");
        Err(Error::Broken("not asked to panic".into()))
    }
}

#[tokio::test]
async fn a_panic_ends_its_own_session_only() {
    let models = Models { mind: Arc::new(Panicking), ..models("") };
    let server = Server::with(models, Policy::default(), 4, None).await;
    let mut neighbour = Line::open_text(&server).await;
    let mut line = Line::open_text(&server).await;
    line.say("panic").await;
    line.send(json!({ "type": "response.create" })).await;
    line.hangup().await;
    assert_eq!(answer(&mut neighbour).await["status"], "failed");
    drop(neighbour);
    server.emptied().await;
    assert_eq!(server.count("hearth_panics_total"), 1.0);
}

/// A voice that panics.
struct Hoarse(Vec<Voice>);

impl Tts for Hoarse {
    fn voices(&self) -> &[Voice] {
        &self.0
    }

    fn speak(
        &self,
        _: &str,
        _: f32,
        _: async_channel::Receiver<String>,
    ) -> BoxStream<'static, Result<SpeechChunk, Error>> {
        panic!("a panic that is meant")
    }
}

#[tokio::test]
async fn a_panic_beside_the_loop_ends_the_session_with_a_reason() {
    let voices = vec![Voice { name: "hoarse".into(), description: String::new() }];
    let models = Models { voice: Arc::new(Hoarse(voices)), ..models("[[answer]]\nsays = \"yes\"") };
    let server = Server::with(models, Policy::default(), 4, None).await;
    let mut line = Line::open(&server).await;
    line.speak().await;
    let frame = line.hangup().await.expect("a reason");
    assert_eq!(u16::from(frame.code), 1011);
    server.emptied().await;
    assert_eq!(server.count("hearth_panics_total"), 1.0);
}
