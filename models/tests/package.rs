//! The whole package at work: the voice speaks, voice activity and ears listen, the core answers.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that unwraps fails loudly")]

use std::{
    path::{Path, PathBuf},
    pin::pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll, Wake, Waker},
};

use futures_util::{StreamExt, future::join_all};
use hearth_audio::{Resampler, SampleRate};
use hearth_models::{
    AudioPart, GenerateOptions, Generated, Loaded, Message, Models, Package, PackageSettings, Part, Prompt, Role,
    SpeechStep, Transcript,
};
use hearth_runtime::{Library, find_library};

const SENTENCE: &str = "Turn on the light in the kitchen.";

/// The package; another one can be named while models are being made.
fn loaded() -> &'static Loaded {
    static LOADED: OnceLock<Loaded> = OnceLock::new();
    LOADED.get_or_init(|| {
        let named = |name| std::env::var_os(name).map(PathBuf::from);
        let library = find_library(None, named("ORT_DYLIB_PATH").as_deref()).unwrap();
        let pocket = Path::new(env!("CARGO_MANIFEST_DIR")).join("pocket");
        let package = Package::open(&named("HEARTH_TEST_PACKAGE").unwrap_or(pocket)).unwrap();
        package.load(&Library::load(&library).unwrap(), &PackageSettings::default()).unwrap()
    })
}

fn models() -> &'static Models {
    &loaded().models
}

struct Thread(std::thread::Thread);

impl Wake for Thread {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Thread(std::thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// Polls once and drops the future, whatever it says.
async fn poll_once<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    std::future::poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

/// The sentence as the package's voice says it, at 16 kHz, with some silence around.
fn spoken() -> &'static [f32] {
    static SPOKEN: OnceLock<Vec<f32>> = OnceLock::new();
    SPOKEN.get_or_init(|| {
        let (sender, text) = async_channel::bounded(1);
        sender.try_send(SENTENCE.to_owned()).unwrap();
        drop(sender);
        let mut resampler = Resampler::new(SampleRate::HZ_24000, SampleRate::HZ_16000).unwrap();
        let mut samples = vec![0.0; 4800];
        block_on(async {
            let mut chunks = models().voice.speak("", 1.0, text);
            while let Some(chunk) = chunks.next().await {
                resampler.push(&chunk.unwrap().samples, &mut samples);
            }
        });
        resampler.flush(&mut samples);
        samples.resize(samples.len() + 8000, 0.0);
        samples
    })
}

async fn hear(samples: &[f32], piece: usize) -> (Vec<SpeechStep>, Transcript) {
    let mut stream = models().ears.open();
    let mut steps = Vec::new();
    for piece in samples.chunks(piece) {
        steps.extend(stream.push(piece).await.unwrap());
    }
    let (last, transcript) = stream.finish().await.unwrap();
    steps.extend(last);
    (steps, transcript)
}

fn same(a: &[SpeechStep], b: &[SpeechStep]) -> bool {
    let close = |(a, b): (&SpeechStep, &SpeechStep)| {
        a.embedding.iter().zip(b.embedding.iter()).all(|(a, b)| (a - b).abs() < 1e-3)
    };
    a.len() == b.len() && a.iter().zip(b).all(close)
}

#[test]
fn speech_is_told_from_silence_and_noise() {
    let share = |samples: &[f32]| {
        block_on(async {
            let (mut stream, mut voiced, mut count) = (models().vad.open(), 0, 0);
            for window in samples.chunks_exact(512) {
                voiced += usize::from(stream.score(window).await.unwrap() > 0.5);
                count += 1;
            }
            voiced as f32 / count as f32
        })
    };
    let mut random = fastrand::Rng::with_seed(1);
    let noise: Vec<f32> = (0..32_000).map(|_| random.f32() * 0.02 - 0.01).collect();
    assert_eq!(share(&vec![0.0; 16_000]), 0.0);
    assert!(share(&noise) < 0.1, "{}", share(&noise));
    let speech = &spoken()[4800..spoken().len() - 8000];
    assert!(share(speech) > 0.6, "{}", share(speech));
}

#[test]
fn many_streams_at_once_score_as_one_alone() {
    let scores = |offset: usize| async move {
        let (mut stream, mut scores) = (models().vad.open(), Vec::new());
        for window in spoken()[offset..].chunks_exact(512).take(40) {
            scores.push(stream.score(window).await.unwrap());
        }
        scores
    };
    let alone: Vec<Vec<f32>> = (0..12).map(|n| block_on(scores(n * 700))).collect();
    let together = block_on(join_all((0..12).map(|n| scores(n * 700))));
    let worst = alone.iter().flatten().zip(together.iter().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst < 1e-3, "{worst}");
    assert!(block_on(models().vad.open().score(&[0.0; 100])).is_err());
}

#[test]
fn the_ears_hear_the_same_in_any_pieces_and_any_company() {
    let step = models().ears.step_samples();
    let (whole, transcript) = block_on(hear(spoken(), spoken().len()));
    assert!(whole.len() >= spoken().len() / step && whole.len() <= spoken().len().div_ceil(step) + 3);
    let results = block_on(join_all([1, 2, 3, 4, 5, 6].map(|n| hear(spoken(), 317 * n))));
    for (steps, heard) in results {
        assert!(same(&steps, &whole));
        assert_eq!(heard, transcript);
    }
    let last = whole.iter().rev().find_map(|step| step.partial.as_deref());
    assert!(last.is_some_and(|partial| !partial.is_empty()), "words come while they are said");
}

#[test]
fn a_push_that_is_dropped_half_way_loses_nothing() {
    let (whole, transcript) = block_on(hear(spoken(), spoken().len()));
    let (steps, heard) = block_on(async {
        let mut stream = models().ears.open();
        let mut steps = Vec::new();
        for piece in spoken().chunks(4000) {
            if let Some(done) = poll_once(stream.push(piece)).await {
                steps.extend(done.unwrap());
            }
            steps.extend(stream.push(&[]).await.unwrap());
        }
        let (last, transcript) = stream.finish().await.unwrap();
        steps.extend(last);
        (steps, transcript)
    });
    assert!(same(&steps, &whole));
    assert_eq!(heard, transcript);
}

#[test]
fn the_ears_understand_the_voice() {
    let (_, transcript) = block_on(hear(spoken(), 1280));
    let said: Vec<String> = SENTENCE.split(' ').map(|word| word.trim_matches('.').to_lowercase()).collect();
    let heard: Vec<&str> = transcript.text.split(' ').collect();
    let right = said.iter().filter(|word| heard.contains(&word.as_str())).count();
    assert!(right + 2 >= said.len() && heard.len() <= said.len() + 2, "said {SENTENCE:?}, heard {:?}", transcript.text);
    assert_eq!(transcript.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), heard);
    let in_order = transcript.words.windows(2).all(|pair| pair[0].start_ms <= pair[1].start_ms);
    assert!(in_order && transcript.words.iter().all(|word| word.start_ms < word.end_ms));
}

#[test]
fn the_core_answers_what_was_said() {
    let (steps, _) = block_on(hear(spoken(), 1280));
    let sound = AudioPart { id: 77, steps: steps.into_iter().map(|step| step.embedding).collect(), transcript: None };
    let messages = vec![Message { role: Role::User, parts: vec![Part::Audio(sound)] }];
    let prompt = Prompt { instructions: "Answer briefly.".into(), tools: Arc::new([]), messages };
    let mut context = models().mind.open();
    context.prefill(&prompt);
    let mut generation = context.generate(&prompt, &GenerateOptions { tokens_max: 200, ..Default::default() }).unwrap();
    let mut pieces = Vec::new();
    while let Some(piece) = block_on(generation.next()) {
        pieces.push(piece.unwrap());
    }
    assert!(matches!(pieces.first(), Some(Generated::Heard(_))), "{pieces:?}");
    assert!(matches!(pieces.last(), Some(Generated::Done { .. })), "{pieces:?}");
    let (core, workers) = (loaded().core.snapshot(), loaded().workers.snapshot());
    assert!(core.tokens_read > 0 && core.tokens_written > 0);
    assert!(workers.lanes.iter().any(|lane| lane.name == "ears" && lane.jobs > 0 && lane.failed == 0));
}
