//! A caller: a microphone, a loudspeaker and a line to a Realtime server. `hearth talk` and the benches call with it.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use hearth_audio::SampleRate;
use serde_json::{Map, Value};
use tokio::{
    net::TcpStream,
    time::{Instant, Interval, MissedTickBehavior, interval, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _, http::HeaderValue},
};

use super::{sound::speech_end, turn::Turn};
use crate::protocol::caller::{Say, Told};

/// What a caller speaks and hears at.
pub const CALL_RATE: SampleRate = SampleRate::HZ_24000;
/// The microphone hands over this much at once.
const FRAME: Duration = Duration::from_millis(20);
const FRAME_SAMPLES: usize = 480;
static SILENCE: [f32; FRAME_SAMPLES] = [0.0; FRAME_SAMPLES];
/// Longest a turn may take.
const TURN_MAX: Duration = Duration::from_secs(120);
/// Longest the server may take to open a session.
const OPEN_MAX: Duration = Duration::from_secs(10);
/// Most calls of tools in one turn.
const TOOL_CALLS_MAX: usize = 32;

/// How to call.
#[derive(Debug, Clone, Default)]
pub struct Manner {
    /// Speaks twenty times faster than a person, for tests; the time line is then not that of a talk.
    pub fast: bool,
    /// Says itself when a turn is over, instead of leaving it to the voice.
    pub push_to_talk: bool,
    /// What each tool answers, by name.
    pub tool_results: Map<String, Value>,
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub enum Question<'a> {
    /// Spoken, mono at [`CALL_RATE`].
    Spoken(&'a [f32]),
    /// Written.
    Written(&'a str),
}

/// One side of a talk.
pub struct Caller {
    line: WebSocketStream<MaybeTlsStream<TcpStream>>,
    manner: Manner,
    microphone: Interval,
    /// Name of the model at the other end.
    model: String,
    /// What is being played.
    playing: Option<Playing>,
    /// An answer that was broken into still comes in.
    stale: bool,
}

struct Playing {
    item_id: String,
    since: Instant,
    samples: usize,
}

impl Playing {
    fn over(&self) -> Instant {
        self.since + CALL_RATE.duration_of(self.samples as u64)
    }
}

impl Caller {
    /// Calls the server at `address`: `host:port`, or an `http://` or `ws://` address with or without `/v1/realtime`.
    ///
    /// # Errors
    /// A sentence that says why there is no connection.
    pub async fn connect(address: &str, api_key: Option<&str>, manner: Manner) -> Result<Self, String> {
        let url = realtime_url(address)?;
        let mut request = url.as_str().into_client_request().map_err(|error| format!("{url}: {error}"))?;
        if let Some(key) = api_key {
            let value = HeaderValue::from_str(&format!("Bearer {key}"));
            request.headers_mut().insert("authorization", value.map_err(|_| "the API key has odd characters")?);
        }
        let connecting = timeout(OPEN_MAX, connect_async(request)).await;
        let (line, _) = connecting
            .map_err(|_| format!("{url}: no answer"))?
            .map_err(|error| format!("{url}: {error}\nIs the server running? Start it with: hearth serve"))?;
        let mut microphone = interval(if manner.fast { FRAME / 20 } else { FRAME });
        microphone.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut caller = Self { line, manner, microphone, model: String::new(), playing: None, stale: false };
        caller.model =
            caller.wait_for(|told| if let Told::Opened { model } = told { Some(model) } else { None }).await?;
        Ok(caller)
    }

    /// Name of the model at the other end.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Changes the session and waits until it is so.
    ///
    /// # Errors
    /// What the server has against it.
    pub async fn configure(&mut self, session: Value) -> Result<(), String> {
        self.say(&Say::Configure(session)).await?;
        self.wait_for(|told| (told == Told::Configured).then_some(())).await
    }

    /// Asks, answers the calls of tools, and listens until the answer was played; with `leave_after`, only until so much of
    /// it was played: the next turn then breaks into it.
    ///
    /// # Errors
    /// A sentence that says why there was no answer.
    pub async fn turn(&mut self, question: Question<'_>, leave_after: Option<Duration>) -> Result<Turn, String> {
        let limit = timeout(TURN_MAX, self.take_turn(question, leave_after));
        limit.await.map_err(|_| format!("no answer within {} s", TURN_MAX.as_secs()))?
    }

    async fn take_turn(&mut self, question: Question<'_>, leave_after: Option<Duration>) -> Result<Turn, String> {
        let mut turn = Turn::begin(Instant::now());
        self.microphone.reset_immediately();
        let mut speech = match question {
            Question::Spoken(samples) => Speech { samples, end: speech_end(samples, CALL_RATE), sent: 0 },
            Question::Written(text) => {
                self.say(&Say::Text(text)).await?;
                self.say(&Say::Answer).await?;
                (turn.speech_end, turn.turn_end) = (Some(turn.began), Some(turn.began));
                Speech::default()
            }
        };
        while !self.is_over(&turn, leave_after) {
            tokio::select! {
                biased;
                frame = self.line.next() => match read(frame)? {
                    Some(told) => self.take(told, &mut turn).await?,
                    None => continue,
                },
                _ = self.microphone.tick() => self.speak(&mut speech, &mut turn).await?,
            }
        }
        self.stale = turn.done.is_none();
        if leave_after.is_some() {
            turn.leave(Instant::now(), CALL_RATE);
        }
        Ok(turn)
    }

    fn is_over(&self, turn: &Turn, leave_after: Option<Duration>) -> bool {
        match (turn.first_sound, leave_after) {
            (Some(since), Some(after)) => since.elapsed() >= after,
            _ => turn.done.is_some() && self.played_out(),
        }
    }

    /// Whether the loudspeaker is silent, or nobody waits for it.
    fn played_out(&self) -> bool {
        self.manner.fast || self.playing.as_ref().is_none_or(|playing| Instant::now() >= playing.over())
    }

    /// Sends the next frame of the microphone: what is asked, then the silence of a room.
    async fn speak(&mut self, speech: &mut Speech<'_>, turn: &mut Turn) -> Result<(), String> {
        let committed = turn.turn_end.is_some();
        if committed && (self.manner.fast || self.manner.push_to_talk) {
            return Ok(());
        }
        let frame = speech.next_frame();
        self.say(&Say::Sound(frame)).await?;
        if turn.speech_end.is_none() && speech.sent >= speech.end {
            turn.speech_end = Some(Instant::now());
        }
        if self.manner.push_to_talk && speech.sent >= speech.samples.len() && !committed {
            self.say(&Say::Commit).await?;
            self.say(&Say::Answer).await?;
            turn.turn_end = Some(Instant::now());
        }
        Ok(())
    }

    /// Takes in what the server told.
    async fn take(&mut self, told: Told, turn: &mut Turn) -> Result<(), String> {
        let now = Instant::now();
        match told {
            Told::SpeechStarted => self.hush(now).await?,
            Told::Done { .. } if self.stale => self.stale = false,
            Told::Text(_) | Told::Sound { .. } | Told::ToolCall { .. } if self.stale => {}
            Told::Sound { item_id, samples } => {
                self.play(item_id, samples.len(), now);
                turn.hear(&samples, now);
            }
            Told::ToolCall { call_id, name, arguments } => {
                turn.first_text.get_or_insert(now);
                turn.call(call_id, name, arguments);
            }
            Told::Done { status, reason, tokens } => {
                if status == "completed" && turn.has_open_calls() {
                    return self.answer_calls(turn).await;
                }
                turn.finish(now, &status, reason.as_deref(), tokens);
            }
            Told::Error(message) => return Err(format!("the server says: {message}")),
            told => turn.note(&told, now),
        }
        Ok(())
    }

    /// We were heard to speak: the loudspeaker stops, and the server learns what was played.
    async fn hush(&mut self, now: Instant) -> Result<(), String> {
        let Some(playing) = self.playing.take() else { return Ok(()) };
        if now >= playing.over() {
            return Ok(());
        }
        let audio_end_ms = now.duration_since(playing.since).as_millis() as u64;
        self.say(&Say::Truncate { item_id: &playing.item_id, audio_end_ms }).await
    }

    fn play(&mut self, item_id: String, samples: usize, now: Instant) {
        match &mut self.playing {
            Some(playing) if playing.item_id == item_id => playing.samples += samples,
            _ => self.playing = Some(Playing { item_id, since: now, samples }),
        }
    }

    async fn answer_calls(&mut self, turn: &mut Turn) -> Result<(), String> {
        if turn.calls.len() > TOOL_CALLS_MAX {
            return Err(format!("more than {TOOL_CALLS_MAX} calls of tools in one turn"));
        }
        for call in turn.calls.iter_mut().filter(|call| call.output.is_none()) {
            let result = self.manner.tool_results.get(&call.name);
            let output = match result {
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
                None => r#"{"ok":true}"#.to_owned(),
            };
            let frame = Say::ToolResult { call_id: &call.call_id, output: &output }.frame();
            self.line.send(Message::text(frame)).await.map_err(|error| lost(&error))?;
            call.output = Some(output);
        }
        self.say(&Say::Answer).await
    }

    async fn say(&mut self, say: &Say<'_>) -> Result<(), String> {
        self.line.send(Message::text(say.frame())).await.map_err(|error| lost(&error))
    }

    async fn wait_for<T>(&mut self, mut wanted: impl FnMut(Told) -> Option<T>) -> Result<T, String> {
        let waiting = async {
            loop {
                match read(self.line.next().await)? {
                    Some(Told::Error(message)) => return Err(format!("the server says: {message}")),
                    Some(told) => {
                        if let Some(found) = wanted(told) {
                            return Ok(found);
                        }
                    }
                    None => {}
                }
            }
        };
        timeout(OPEN_MAX, waiting).await.map_err(|_| "the server does not answer".to_owned())?
    }
}

/// What is asked, on its way through the microphone.
#[derive(Default)]
struct Speech<'a> {
    samples: &'a [f32],
    /// Where speech ends in it.
    end: usize,
    sent: usize,
}

impl<'a> Speech<'a> {
    fn next_frame(&mut self) -> &'a [f32] {
        let rest = self.samples.get(self.sent..).unwrap_or_default();
        self.sent += FRAME_SAMPLES;
        if rest.is_empty() { &SILENCE } else { &rest[..rest.len().min(FRAME_SAMPLES)] }
    }
}

type Received = Option<Result<Message, tokio_tungstenite::tungstenite::Error>>;

fn read(frame: Received) -> Result<Option<Told>, String> {
    match frame {
        Some(Ok(Message::Text(text))) => Ok(Some(Told::read(text.as_str()))),
        Some(Ok(Message::Close(Some(close)))) => Err(format!("the server closed the line: {}", close.reason)),
        None | Some(Ok(Message::Close(None))) => Err("the server closed the line".to_owned()),
        Some(Ok(_)) => Ok(None),
        Some(Err(error)) => Err(lost(&error)),
    }
}

fn lost(error: &tokio_tungstenite::tungstenite::Error) -> String {
    format!("the line broke: {error}")
}

fn realtime_url(address: &str) -> Result<String, String> {
    let (scheme, rest) = address.split_once("://").unwrap_or(("ws", address));
    match scheme {
        "ws" | "http" => {}
        "wss" | "https" => return Err("TLS is not spoken here: put a proxy before the server, or use ws://".to_owned()),
        other => return Err(format!("{other}:// is no address of a Realtime server")),
    }
    let rest = rest.trim_end_matches('/');
    let path = if rest.contains('/') { "" } else { "/v1/realtime" };
    Ok(format!("ws://{rest}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_all_kinds_lead_to_the_same_door() {
        for address in
            ["127.0.0.1:8080", "http://127.0.0.1:8080/", "ws://127.0.0.1:8080", "ws://127.0.0.1:8080/v1/realtime"]
        {
            assert_eq!(realtime_url(address).unwrap(), "ws://127.0.0.1:8080/v1/realtime");
        }
        assert!(realtime_url("wss://example.org").is_err());
        assert!(realtime_url("ftp://example.org").is_err());
    }

    const SCRIPT: &str = r#"
        hears = ["turn on the light", "stop it", "good night"]
        word_ms = 100
        [[answer]]
        when = "light"
        calls = [{ name = "light_set", arguments = '{"on":true}' }]
        [[answer]]
        when = "count"
        says = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        [[answer]]
        says = "The light is on."
    "#;

    /// A server in this process that plays the script; it ends with the test.
    async fn scripted(manner: Manner) -> Caller {
        let models = hearth_models::scripted::open(toml::from_str(SCRIPT).unwrap());
        let house = crate::house::House::new(models, Default::default(), Default::default(), 4);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(crate::http::serve(listener, house.into(), None));
        Caller::connect(&address, None, manner).await.unwrap()
    }

    /// Half a second that is loud.
    fn tone() -> Vec<f32> {
        (0..12_000).map(|n| 0.3 * (n as f32 / 9.0).sin()).collect()
    }

    #[tokio::test]
    async fn a_spoken_turn_with_a_tool_has_words_sound_and_times() {
        let tool_results = [("light_set".to_owned(), serde_json::json!({"done": 1}))].into_iter().collect();
        let mut caller = scripted(Manner { fast: true, tool_results, ..Manner::default() }).await;
        assert_eq!(caller.model(), "scripted");
        let tools = serde_json::json!([{"type": "function", "name": "light_set", "parameters": {"type": "object"}}]);
        let transcription = serde_json::json!({"input": {"transcription": {"model": "scripted"}}});
        let session = serde_json::json!({"type": "realtime", "tools": tools, "audio": transcription});
        caller.configure(session).await.unwrap();
        let turn = caller.turn(Question::Spoken(&tone()), None).await.unwrap();
        assert_eq!((turn.heard.as_str(), turn.answer.as_str()), ("turn on the light", "The light is on."));
        assert_eq!(
            (turn.calls[0].name.as_str(), turn.calls[0].output.as_deref()),
            ("light_set", Some(r#"{"done":1}"#))
        );
        assert_eq!(turn.sound.len(), 4 * 2_400, "four words of a tenth of a second");
        assert!(turn.speech_end <= turn.turn_end && turn.turn_end <= turn.first_sound && turn.first_sound <= turn.done);
    }

    #[tokio::test]
    async fn a_caller_breaks_into_an_answer_and_is_answered() {
        let mut caller = scripted(Manner::default()).await;
        let leave_after = Some(Duration::from_millis(300));
        let first = caller.turn(Question::Written("count to sixteen"), leave_after).await.unwrap();
        assert!((7_200..9_600).contains(&first.sound.len()), "{} samples were played", first.sound.len());
        assert!(first.status.starts_with("interrupted"), "{}", first.status);
        let second = caller.turn(Question::Spoken(&tone()), None).await.unwrap();
        assert_eq!((second.status.as_str(), second.calls.len()), ("completed", 1));
        assert_eq!(second.answer, "The light is on.", "nothing of the first answer is in the second");
    }

    #[tokio::test]
    async fn push_to_talk_ends_the_turn_by_hand() {
        let mut caller = scripted(Manner { fast: true, push_to_talk: true, ..Manner::default() }).await;
        let session = serde_json::json!({"type": "realtime", "audio": {"input": {"turn_detection": null}}});
        caller.configure(session).await.unwrap();
        let turn = caller.turn(Question::Spoken(&tone()), None).await.unwrap();
        assert_eq!(turn.status, "completed");
        assert_eq!(turn.calls.len(), 1);
    }

    #[tokio::test]
    async fn what_the_server_refuses_is_told() {
        let mut caller = scripted(Manner::default()).await;
        let refused = caller.configure(serde_json::json!({"type": "realtime", "tools": "none"})).await;
        assert!(refused.is_err_and(|why| why.starts_with("the server says")));
        let nobody = Caller::connect("127.0.0.1:9", None, Manner::default()).await;
        assert!(nobody.is_err_and(|why| why.contains("hearth serve")));
    }

    #[test]
    fn the_microphone_goes_on_with_silence() {
        let samples = [0.5; FRAME_SAMPLES + 100];
        let mut speech = Speech { samples: &samples, end: FRAME_SAMPLES, sent: 0 };
        let frames: Vec<usize> = (0..4).map(|_| speech.next_frame().len()).collect();
        assert_eq!(frames, [480, 100, 480, 480]);
        assert_eq!(speech.next_frame()[0], 0.0);
    }
}
