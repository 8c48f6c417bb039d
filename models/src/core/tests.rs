//! The core on the weights of the package: its logits beside those of transformers, and what the scheduler promises.

use std::{
    path::{Path, PathBuf},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    time::{Duration, Instant},
};

use hearth_runtime::{Library, find_library};
use serde_json::{Value, json};

use super::{CoreFile, CoreSettings, PackedCore, PackedGraph, Reader, Row, Sense, Template, Tokens};
use crate::{
    AudioPart, Core, CoreContext, Error, FinishReason, GenerateOptions, Generated, Generation, Message, Part, Prompt,
    Role, Tool, ToolChoice, Usage,
};

/// The package's core; another one can be named while models are being made.
fn folder() -> PathBuf {
    let named = std::env::var_os("HEARTH_TEST_MIND").map(PathBuf::from);
    named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("pocket/mind"))
}

fn library() -> Library {
    let named = std::env::var_os("ORT_DYLIB_PATH").map(PathBuf::from);
    Library::load(&find_library(None, named.as_deref()).unwrap()).unwrap()
}

/// The core with its unrounded weights, so that equal means equal.
fn exact_file() -> CoreFile {
    let mut file = CoreFile::read(&folder().join("core.json")).unwrap();
    file.graph = file.graph_fp32.clone().unwrap();
    file
}

fn reader(file: &CoreFile, prompt_tokens_max: usize) -> Reader {
    let folder = folder();
    Reader {
        tokens: Tokens::load(&folder.join("tokenizer.json")).unwrap(),
        template: Template::new(&std::fs::read_to_string(folder.join("chat_template.jinja")).unwrap()).unwrap(),
        stack: file.audio_stack,
        width: file.audio_embedding,
        // Random sound would not pass it.
        gate: None,
        picture_width: file.image_embedding,
        prompt_tokens_max,
    }
}

fn core(settings: CoreSettings) -> PackedCore {
    let (folder, file) = (folder(), exact_file());
    let packed = PackedGraph::open(&library(), &folder, &file, settings.slots, settings.rollback_tokens).unwrap();
    let reader = reader(&file, 400);
    PackedCore::start(packed, reader, settings).unwrap()
}

fn small(slots: usize) -> CoreSettings {
    CoreSettings { slots, waiting_max: 4, read_tokens_max: 24, read_beside_tokens_max: 7, ..CoreSettings::default() }
}

struct Thread(std::thread::Thread);

impl Wake for Thread {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a future on this thread.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Thread(std::thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

fn message(role: Role, part: Part) -> Message {
    Message { role, parts: vec![part] }
}

fn prompt(texts: &[&str]) -> Prompt {
    let role = |at: usize| if at.is_multiple_of(2) { Role::User } else { Role::Assistant };
    let messages = texts.iter().enumerate().map(|(at, text)| message(role(at), Part::Text((*text).into())));
    Prompt { instructions: "Answer briefly.".into(), tools: Arc::new([]), messages: messages.collect() }
}

/// Sound that is the same for the same seed, as far as it goes.
fn sound(id: u64, steps: usize) -> AudioPart {
    let width = exact_file().audio_embedding;
    let mut random = fastrand::Rng::with_seed(id);
    let step = |_| (0..width).map(|_| random.f32() * 2.0 - 1.0).collect::<Vec<f32>>().into();
    AudioPart { id, steps: (0..steps).map(step).collect(), transcript: None }
}

fn spoken(id: u64, steps: usize) -> Prompt {
    let mut prompt = prompt(&[]);
    prompt.messages.push(message(Role::User, Part::Audio(sound(id, steps))));
    prompt
}

fn options(tokens_max: u32) -> GenerateOptions {
    GenerateOptions { tokens_max, ..GenerateOptions::default() }
}

fn collect(mut generation: Generation) -> (Vec<Generated>, FinishReason, Usage) {
    let mut pieces = Vec::new();
    loop {
        match block_on(generation.next()).unwrap().unwrap() {
            Generated::Done { reason, usage } => return (pieces, reason, usage),
            piece => pieces.push(piece),
        }
    }
}

fn answer(context: &mut dyn CoreContext, prompt: &Prompt) -> (Vec<Generated>, Usage) {
    // Enough for untrained weights to come to the end of what they heard.
    let (pieces, _, usage) = collect(context.generate(prompt, &options(64)).unwrap());
    (pieces, usage)
}

fn fresh_answer(core: &PackedCore, prompt: &Prompt) -> Vec<Generated> {
    answer(&mut *core.open(), prompt).0
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < until, "{what}");
        std::thread::yield_now();
    }
}

/// A file of tensors: a JSON header, then numbers.
struct Fixture {
    header: Value,
    numbers: Vec<u8>,
}

impl Fixture {
    fn read() -> Self {
        let bytes = std::fs::read(folder().join("reference.safetensors")).unwrap();
        let size = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
        Self { header: serde_json::from_slice(&bytes[8..8 + size]).unwrap(), numbers: bytes[8 + size..].to_vec() }
    }

    fn bytes(&self, name: &str) -> &[u8] {
        let at = |end: usize| self.header[name]["data_offsets"][end].as_u64().unwrap() as usize;
        &self.numbers[at(0)..at(1)]
    }

    fn integers(&self, name: &str) -> Vec<i64> {
        self.bytes(name).chunks_exact(8).map(|b| i64::from_le_bytes(b.try_into().unwrap())).collect()
    }

    fn floats(&self, name: &str) -> Vec<f32> {
        self.bytes(name).chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
    }

    /// The sound or picture at row `at` of conversation `slot`, if there is any.
    fn sense(&self, slot: usize, at: usize, file: &CoreFile) -> Option<Sense> {
        let numbers = |kind: &str, width: usize| -> Option<Arc<[f32]>> {
            self.header.get(format!("{kind}_rows_{slot}"))?;
            let index = self.integers(&format!("{kind}_rows_{slot}")).iter().position(|&row| row == at as i64)?;
            Some(self.floats(&format!("{kind}_embeddings_{slot}"))[index * width..(index + 1) * width].into())
        };
        let sound = numbers("audio", file.audio_embedding * file.audio_stack).map(Sense::Sound);
        sound.or_else(|| numbers("image", file.image_embedding?).map(Sense::Picture))
    }
}

/// Prefill chunks and decode steps of three conversations share batches, one of them holds sound.
#[test]
fn the_packed_graph_gives_the_logits_of_transformers() {
    let (fixture, file) = (Fixture::read(), exact_file());
    let mut packed = PackedGraph::open(&library(), &folder(), &file, 4, 64).unwrap();
    let schedule: Value = serde_json::from_str(fixture.header["__metadata__"]["schedule"].as_str().unwrap()).unwrap();
    let (mut worst, mut compared) = (0.0_f32, 0);
    for batch in schedule.as_array().unwrap() {
        let mut rows = Vec::new();
        let mut expected: Vec<f32> = Vec::new();
        for span in batch.as_array().unwrap() {
            let [slot, first, end] = [0, 1, 2].map(|i| span[i].as_u64().unwrap() as usize);
            let ids = fixture.integers(&format!("ids_{slot}"));
            let asked = fixture.integers(&format!("rows_{slot}"));
            let logits = fixture.floats(&format!("logits_{slot}"));
            for (position, &id) in ids.iter().enumerate().take(end).skip(first) {
                let index = asked.iter().position(|&row| row == position as i64);
                expected.extend(index.map(|at| &logits[at * file.vocabulary..][..file.vocabulary]).unwrap_or_default());
                let sense = fixture.sense(slot, position, &file);
                rows.push(Row { slot, position, token: id as u32, sense, logits: index.is_some() });
            }
        }
        let logits = packed.step(&rows).unwrap();
        for (index, expected) in expected.chunks_exact(file.vocabulary).enumerate() {
            compared += 1;
            let errors = logits.row(index).iter().zip(expected).map(|(ours, theirs)| (ours - theirs).abs());
            worst = errors.fold(worst, f32::max);
        }
    }
    assert!(compared >= 30 && worst <= 1e-4, "{compared} rows, off by {worst}");
}

#[test]
fn reading_ahead_and_rolling_back_change_nothing() {
    let core = core(small(4));
    let mut context = core.open();
    for steps in [1, 5, 9, 14] {
        context.prefill(&spoken(7, steps));
    }
    wait_until("the sound is read ahead", || core.snapshot().tokens_read > 20);
    let (pieces, usage) = answer(&mut *context, &spoken(7, 17));
    assert!(usage.cached_tokens >= 14 && usage.input_audio_tokens == 17, "{usage:?}");
    assert!(matches!(pieces[0], Generated::Heard(_)), "{pieces:?}");
    assert_eq!(pieces, fresh_answer(&core, &spoken(7, 17)));

    // Another sound instead, then the first one again: rolled back each time.
    let (other, usage) = answer(&mut *context, &spoken(8, 12));
    assert!(usage.cached_tokens > 0 && usage.cached_tokens < 17);
    assert_eq!(other, fresh_answer(&core, &spoken(8, 12)));
    assert_eq!(answer(&mut *context, &spoken(7, 17)).0, pieces);
}

#[test]
fn what_was_not_heard_leaves_the_memory() {
    let core = core(small(4));
    let mut context = core.open();
    let asked = "tell me about the weather in the north";
    answer(&mut *context, &prompt(&[asked]));
    let whole = prompt(&[asked, "It is cold and the snow is deep.", "and now"]);
    let cut = prompt(&[asked, "It is cold", "and now"]);
    let (_, usage) = answer(&mut *context, &whole);
    assert!(usage.cached_tokens > 10);
    let (pieces, usage) = answer(&mut *context, &cut);
    assert!(usage.cached_tokens > 10, "{usage:?}");
    assert_eq!(pieces, fresh_answer(&core, &cut));
}

#[test]
fn a_conversation_that_lost_its_slot_goes_on_as_before() {
    let core = core(small(2));
    let mut contexts: Vec<_> = (0..4).map(|_| core.open()).collect();
    for turn in ["hello", "turn the light on please"] {
        for (number, context) in contexts.iter_mut().enumerate() {
            let prompt = prompt(&[&format!("I am number {number}"), "Good.", turn]);
            assert_eq!(answer(&mut **context, &prompt).0, fresh_answer(&core, &prompt));
        }
    }
    assert!(core.snapshot().evicted > 0);
}

#[test]
fn conversations_that_answer_together_answer_as_if_alone() {
    let core = core(CoreSettings { waiting_max: 6, ..small(6) });
    let prompts: Vec<Prompt> =
        (0..6).map(|n| prompt(&[&format!("{} {n}", "what is this and that ".repeat(n + 1))])).collect();
    let mut contexts: Vec<_> = prompts.iter().map(|_| core.open()).collect();
    let together: Vec<Generation> = contexts
        .iter_mut()
        .zip(&prompts)
        .map(|(context, prompt)| context.generate(prompt, &options(64)).unwrap())
        .collect();
    for (generation, prompt) in together.into_iter().zip(&prompts) {
        assert_eq!(collect(generation).0, fresh_answer(&core, prompt));
    }
}

#[test]
fn a_cancelled_answer_stops_and_the_next_one_is_right() {
    // Who does not read is waited for, so the answer cannot be complete before it is dropped.
    let core = core(CoreSettings { pieces_max: 1, ..small(1) });
    let mut context = core.open();
    let prompt = prompt(&["count to a thousand"]);
    let mut generation = context.generate(&prompt, &options(300)).unwrap();
    block_on(generation.next()).unwrap().unwrap();
    drop(generation);
    wait_until("it is forgotten", || core.snapshot().answering == 0);
    assert!(core.snapshot().cancelled == 1 && core.snapshot().tokens_written < 300);
    assert_eq!(answer(&mut *context, &prompt).0, fresh_answer(&core, &prompt));
}

#[test]
fn a_reader_that_does_not_read_blocks_nobody() {
    let core = core(CoreSettings { pieces_max: 1, ..small(2) });
    let (mut slow, mut quick) = (core.open(), core.open());
    let stuck = slow.generate(&prompt(&["say a lot"]), &options(200)).unwrap();
    let (pieces, _) = answer(&mut *quick, &prompt(&["say something"]));
    assert!(!pieces.is_empty());
    // The scheduler puts an answer away after its last piece was read.
    wait_until("the other one alone is left, paused and not lost", || core.snapshot().answering == 1);
    let (pieces, reason, usage) = collect(stuck);
    assert!(!pieces.is_empty() && (reason == FinishReason::Stop || usage.output_tokens == 200));
}

#[test]
fn who_finds_no_slot_waits_and_too_many_are_refused() {
    let core = core(CoreSettings { pieces_max: 1, ..small(1) });
    let prompt = prompt(&["say a lot"]);
    let mut contexts: Vec<_> = (0..6).map(|_| core.open()).collect();
    let first = contexts[0].generate(&prompt, &options(64)).unwrap();
    wait_until("the slot is taken", || core.snapshot().answering == 1);
    let waiting: Vec<_> =
        contexts[1..5].iter_mut().map(|context| context.generate(&prompt, &options(3)).unwrap()).collect();
    assert!(matches!(contexts[5].generate(&prompt, &options(3)), Err(Error::Busy(_))));
    assert_eq!((core.snapshot().waiting, core.snapshot().refused), (4, 1));
    drop(first);
    for generation in waiting {
        assert_eq!(collect(generation).2.output_tokens, 3);
    }
    assert_eq!(core.snapshot().waiting, 0);
}

#[test]
fn a_closed_conversation_gives_its_slot_back() {
    let core = core(small(3));
    let mut context = core.open();
    answer(&mut *context, &prompt(&["hello"]));
    wait_until("it has a slot", || core.snapshot().slots_in_use == 1);
    drop(context);
    wait_until("it has none", || core.snapshot().slots_in_use == 0);
}

#[test]
fn the_same_seed_gives_the_same_answer() {
    let core = core(small(2));
    let draw = |seed| {
        let options = GenerateOptions { temperature: 1.5, seed, ..options(30) };
        collect(core.open().generate(&prompt(&["tell me a story"]), &options).unwrap()).0
    };
    assert_eq!(draw(3), draw(3));
    assert_ne!(draw(3), draw(4));
}

#[test]
fn calls_fit_their_tools_whatever_the_weights() {
    let core = core(small(2));
    let tool = |name: &str, parameters: Value| Tool { name: name.into(), description: "Does it.".into(), parameters };
    let zone = json!({"enum": ["kitchen", "hall"]});
    let mut prompt = prompt(&["switch the kitchen on"]);
    prompt.tools = Arc::new([
        tool(
            "zarvo_set",
            json!({"type": "object", "properties": {"zone": zone, "on": {"type": "boolean"}}, "required": ["zone", "on"]}),
        ),
        tool(
            "wait",
            json!({"type": "object", "properties": {"minutes": {"type": "integer"}}, "required": ["minutes"]}),
        ),
    ]);
    for choice in [ToolChoice::Required, ToolChoice::Function("zarvo_set".into())] {
        let options = GenerateOptions { tool_choice: choice.clone(), ..options(300) };
        let (pieces, _, _) = collect(core.open().generate(&prompt, &options).unwrap());
        let Some(Generated::ToolCall(call)) = pieces.first() else { panic!("{choice:?}: {pieces:?}") };
        let arguments: Value = serde_json::from_str(&call.arguments).unwrap();
        match call.name.as_str() {
            "zarvo_set" => assert!(
                arguments["on"].is_boolean() && ["kitchen", "hall"].contains(&arguments["zone"].as_str().unwrap())
            ),
            "wait" => assert!(arguments["minutes"].is_i64() && choice == ToolChoice::Required),
            other => panic!("{other}"),
        }
    }
    let none = GenerateOptions { tool_choice: ToolChoice::None, ..options(40) };
    let (pieces, _, _) = collect(core.open().generate(&prompt, &none).unwrap());
    assert!(pieces.iter().all(|piece| matches!(piece, Generated::Text(_))));
}

#[test]
fn a_long_conversation_loses_its_oldest_messages_and_a_long_message_is_refused() {
    let core = core(small(2));
    let texts: Vec<String> = (0..81).map(|n| format!("this is what was said as number {n}")).collect();
    let long = prompt(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let (_, usage) = answer(&mut *core.open(), &long);
    assert!((100..=420).contains(&usage.input_text_tokens), "{usage:?}");
    let endless = prompt(&["word ".repeat(2000).as_str()]);
    assert!(matches!(core.open().generate(&endless, &options(3)), Err(Error::LimitReached(_))));
}

#[test]
fn damaged_and_missing_files_are_named() {
    let copy = tempfile::tempdir().unwrap();
    let names = ["core.json", "core.onnx", "tokenizer.json", "chat_template.jinja"];
    let restore = || names.iter().all(|name| std::fs::copy(folder().join(name), copy.path().join(name)).unwrap() > 0);
    for name in names {
        assert!(restore());
        let path = copy.path().join(name);
        let whole = std::fs::read(&path).unwrap();
        // A template is whole as long as it compiles.
        let damaged = if name.ends_with("jinja") { b"{% for %}".to_vec() } else { whole[..whole.len() / 2].to_vec() };
        std::fs::write(&path, damaged).unwrap();
        let error = PackedCore::open(&library(), copy.path(), small(1)).err().unwrap().to_string();
        assert!(error.contains(name) || error.contains("chat template"), "{error}");
        std::fs::remove_file(&path).unwrap();
        let error = PackedCore::open(&library(), copy.path(), small(1)).err().unwrap().to_string();
        assert!(error.contains(name), "{error}");
    }
}

/// Sessions as the recipe renders and splits them (jinja2 and the tokenizers of Python), beside our own reading.
#[test]
fn prompts_become_the_tokens_that_the_core_was_trained_on() {
    let sessions: Value = serde_json::from_str(include_str!("../../tests/fixtures/prompts.json")).unwrap();
    let reader = reader(&exact_file(), 2048);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for session in sessions.as_array().unwrap() {
        let tool = |tool: &Value| Tool {
            name: text(&tool["name"]),
            description: text(&tool["description"]),
            parameters: tool["parameters"].clone(),
        };
        let messages = session["messages"].as_array().unwrap().iter().map(|message| {
            let said = Part::Text(text(&message["content"]));
            let call = |call: &Value| {
                let function = &call["function"];
                let (name, arguments) = (text(&function["name"]), text(&function["arguments"]));
                Part::ToolCall(crate::ToolCall { id: String::new(), name, arguments })
            };
            let calls = message["tool_calls"].as_array().into_iter().flatten().map(call);
            match message["role"].as_str().unwrap() {
                "user" => Message { role: Role::User, parts: vec![said] },
                "assistant" => Message { role: Role::Assistant, parts: std::iter::once(said).chain(calls).collect() },
                _ => {
                    let part = Part::ToolResult { call_id: String::new(), output: text(&message["content"]) };
                    Message { role: Role::Tool, parts: vec![part] }
                }
            }
        });
        let prompt = Prompt {
            instructions: text(&session["instructions"]),
            tools: session["tools"].as_array().unwrap().iter().map(tool).collect(),
            messages: messages.collect(),
        };
        let ours: Vec<u32> = reader
            .question(&prompt, &mut super::Known::default())
            .unwrap()
            .items
            .iter()
            .map(|item| match item.key {
                super::prompt::Key::Token(token) => token,
                super::prompt::Key::Sound { .. } | super::prompt::Key::Picture { .. } => u32::MAX,
            })
            .collect();
        let theirs: Vec<u32> =
            session["tokens"].as_array().unwrap().iter().map(|id| id.as_u64().unwrap() as u32).collect();
        assert_eq!(ours, theirs, "{}", session["instructions"]);
    }
}
