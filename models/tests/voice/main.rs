//! The voice of the embedded package, from text to sound, on the real graphs.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that unwraps fails loudly, one that measures prints"
)]

use std::{
    future::Future,
    path::PathBuf,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::Thread,
    time::Instant,
};

use futures_util::StreamExt;
use hearth_models::{
    SpeechChunk, Tts, WordMark,
    tts::{PackageVoice, graphs},
};
use hearth_runtime::{Library, StreamingGraph, Tensor, Workers};

mod styles;

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("pocket/voice")
}

/// The library that `make setup` brings; a test without it fails.
fn library() -> Library {
    Library::open(None, None).unwrap()
}

fn voice() -> (Workers, PackageVoice) {
    let workers = Workers::start(&library(), 1, 256, &graphs(&folder())).unwrap();
    let voice = PackageVoice::open(&folder(), &workers).unwrap();
    (workers, voice)
}

async fn speak(voice: &PackageVoice, speed: f32, pieces: &[&str]) -> Vec<SpeechChunk> {
    let (sender, receiver) = async_channel::bounded(pieces.len().max(1));
    for piece in pieces {
        sender.send((*piece).to_owned()).await.unwrap();
    }
    drop(sender);
    voice.speak("", speed, receiver).map(Result::unwrap).collect().await
}

fn samples(chunks: &[SpeechChunk]) -> Vec<f32> {
    chunks.iter().flat_map(|chunk| chunk.samples.iter().copied()).collect()
}

fn marks(chunks: &[SpeechChunk]) -> Vec<WordMark> {
    chunks.iter().flat_map(|chunk| chunk.words.clone()).collect()
}

fn loudness(samples: &[f32]) -> f32 {
    (samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len().max(1) as f32).sqrt()
}

const TEXT: &str = "Okay, the kitchen light is on. It is 21 °C (cold!) at 7:30 p.m.\n";

#[test]
fn speaks_every_word_where_its_mark_says() {
    let (_workers, voice) = voice();
    let chunks = block_on(speak(&voice, 1.0, &[TEXT]));
    let (sound, marks) = (samples(&chunks), marks(&chunks));
    assert_eq!(marks.iter().map(|mark| mark.text.as_str()).collect::<String>(), TEXT);
    assert!((3 * 24_000..9 * 24_000).contains(&sound.len()), "{} samples", sound.len());
    assert!(sound.iter().all(|sample| sample.abs() <= 1.0));
    assert!(sound.iter().filter(|sample| sample.abs() >= 0.999).count() == 0, "clipped");
    for pair in marks.windows(2) {
        assert!(pair[0].end <= pair[1].start, "{pair:?}");
    }
    for mark in marks.iter().filter(|mark| mark.text.chars().any(char::is_alphanumeric)) {
        let span = &sound[mark.start as usize..(mark.end as usize).min(sound.len())];
        assert!(span.len() > 800 && loudness(span) > 0.004, "{mark:?} is silent: {}", loudness(span));
    }
}

#[test]
fn marks_come_with_the_chunk_they_begin_in() {
    let (_workers, voice) = voice();
    let mut made = 0;
    for chunk in block_on(speak(&voice, 1.0, &[TEXT])) {
        let end = made + chunk.samples.len() as u64;
        assert!(chunk.words.iter().all(|mark| mark.start >= made && (mark.start < end || mark.start == mark.end)));
        made = end;
    }
}

#[test]
fn text_in_small_pieces_sounds_the_same() {
    let (_workers, voice) = voice();
    let letters: Vec<String> = TEXT.chars().map(String::from).collect();
    let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
    let (whole, pieces) = block_on(async { (speak(&voice, 1.0, &[TEXT]).await, speak(&voice, 1.0, &letters).await) });
    assert_eq!(marks(&whole), marks(&pieces));
    assert_eq!(samples(&whole), samples(&pieces));
}

#[test]
fn speed_divides_the_length() {
    let (_workers, voice) = voice();
    let length = |speed| samples(&block_on(speak(&voice, speed, &["Everything in the living room is off now."]))).len();
    let normal = length(1.0) as f32;
    assert!((length(2.0) as f32 / normal - 0.5).abs() < 0.08);
    assert!((length(0.5) as f32 / normal - 2.0).abs() < 0.15);
    assert_eq!(length(f32::NAN) as f32, normal);
}

#[test]
fn what_cannot_be_said_is_marked_and_silent() {
    let (_workers, voice) = voice();
    let chunks = block_on(speak(&voice, 1.0, &["😀 ", "日本語 —\n"]));
    assert_eq!(marks(&chunks).iter().map(|mark| mark.text.as_str()).collect::<String>(), "😀 日本語 —\n");
    assert!(samples(&chunks).is_empty());
    assert!(block_on(speak(&voice, 1.0, &[])).is_empty());
}

#[test]
fn speaks_before_the_text_has_ended() {
    let (_workers, voice) = voice();
    block_on(async {
        let (sender, receiver) = async_channel::bounded(4);
        sender.send("Good morning. The".to_owned()).await.unwrap();
        let mut stream = voice.speak("", 1.0, receiver);
        let first = stream.next().await.unwrap().unwrap();
        assert!(!first.samples.is_empty());
        sender.send(" light is on.".to_owned()).await.unwrap();
        drop(sender);
        let rest: Vec<_> = stream.map(Result::unwrap).collect().await;
        let text: String =
            first.words.iter().chain(rest.iter().flat_map(|chunk| &chunk.words)).map(|m| m.text.as_str()).collect();
        assert_eq!(text, "Good morning. The light is on.");
    });
}

#[test]
fn too_much_text_is_refused_and_ends_the_stream() {
    let (_workers, voice) = voice();
    block_on(async {
        let (sender, receiver) = async_channel::bounded(2);
        sender.send("no ".repeat(30_000)).await.unwrap();
        drop(sender);
        let mut stream = voice.speak("", 1.0, receiver);
        assert!(matches!(stream.next().await, Some(Err(hearth_models::Error::LimitReached(_)))));
        assert!(stream.next().await.is_none());
    });
}

#[test]
fn conversations_at_once_sound_like_each_alone() {
    let (_workers, voice) = voice();
    let alone = samples(&block_on(speak(&voice, 1.0, &[TEXT])));
    let together = block_on(futures_util::future::join_all((0..3).map(|_| speak(&voice, 1.0, &[TEXT]))));
    for chunks in together {
        let sound = samples(&chunks);
        let worst = sound.iter().zip(&alone).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(sound.len() == alone.len() && worst < 1e-3, "{worst}");
    }
}

/// The promise that chunks make the same sound as a whole run, within 1e-3 of full scale, graph by graph.
#[test]
fn chunks_make_the_sound_of_a_whole_run() {
    let library = library();
    let run = |file: &str, inputs: &[(&str, usize, Vec<f32>)], output: &str, chunk: usize| {
        let spec = graphs(&folder()).into_iter().find(|spec| spec.path.ends_with(file)).unwrap();
        let mut graph = StreamingGraph::open(&library, &spec).unwrap();
        let (mut state, mut made) = ([graph.fresh()], Vec::new());
        let frames = inputs[0].2.len() / inputs[0].1;
        for start in (0..frames).step_by(chunk) {
            let count = chunk.min(frames - start);
            let row = |(name, width, values): &(&'static str, usize, Vec<f32>)| {
                let part = values[start * width..(start + count) * width].to_vec();
                (*name, Tensor::f32(&[1, count, *width], part).unwrap())
            };
            let inputs: Vec<(&str, Tensor)> = inputs.iter().map(|i| row(&(leak(i.0), i.1, i.2.clone()))).collect();
            let inputs: Vec<(&str, &Tensor)> = inputs.iter().map(|(name, tensor)| (*name, tensor)).collect();
            made.extend(graph.step(&inputs, &mut state).unwrap().take_f32(output).unwrap());
        }
        made
    };
    let wave = |count: usize, speed: f32| (0..count).map(|i| (i as f32 * speed).sin()).collect::<Vec<f32>>();
    let decoder = |chunk| {
        run(
            "acoustic_decoder.onnx",
            &[("hidden", 192, wave(300 * 192, 0.37)), ("place", 3, wave(300 * 3, 0.11))],
            "frames",
            chunk,
        )
    };
    let whole = decoder(300);
    assert!(worst(&whole, &decoder(16)) < 1e-3);
    let vocoder = |frames: Vec<f32>, chunk| run("vocoder.onnx", &[("frames", 82, frames)], "samples", chunk);
    let sound = vocoder(whole.clone(), 300);
    assert!(worst(&sound, &vocoder(whole, 7)) < 1e-3);
    assert!(worst(&sound, &vocoder(decoder(16), 16)) < 1e-3, "decoder and vocoder in chunks");
}

fn leak(name: &str) -> &'static str {
    match name {
        "hidden" => "hidden",
        "place" => "place",
        _ => "frames",
    }
}

fn worst(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// Prints the time to the first sound and the real-time factor; run with `--release -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a check"]
fn measure() {
    let (_workers, voice) = voice();
    for round in 0..5 {
        let began = Instant::now();
        let (first, chunks) = block_on(async {
            let (sender, receiver) = async_channel::bounded(1);
            sender
                .send("Okay, I turned on the kitchen light and closed the blinds in the hall.".to_owned())
                .await
                .unwrap();
            drop(sender);
            let mut stream = voice.speak("", 1.0, receiver);
            let first = stream.next().await.unwrap().unwrap();
            let elapsed = began.elapsed();
            let mut chunks = vec![first];
            chunks.extend(stream.map(Result::unwrap).collect::<Vec<_>>().await);
            (elapsed, chunks)
        });
        let seconds = samples(&chunks).len() as f64 / 24_000.0;
        let rtf = began.elapsed().as_secs_f64() / seconds;
        println!("round {round}: first sound after {:.1} ms, RTF {rtf:.4}, {seconds:.2} s", first.as_secs_f64() * 1e3);
    }
}
