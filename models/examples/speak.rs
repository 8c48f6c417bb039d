//! Reads lines from standard input and writes `0001.wav`, `0002.wav`, ... into the folder given as the first argument.
//! The second argument, when given, is the folder of the voice. For listening and for the evaluation of the voice alone.

use std::{
    io::{BufRead, Write},
    path::{Path, PathBuf},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::Thread,
};

use futures_util::StreamExt;
use hearth_models::{
    Tts,
    tts::{PackageVoice, graphs},
};
use hearth_runtime::{Library, Workers};

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

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let out = arguments.next().ok_or("speak OUT_FOLDER [VOICE_FOLDER] < lines")?;
    let embedded = Path::new(env!("CARGO_MANIFEST_DIR")).join("pocket/voice");
    let folder = arguments.next().unwrap_or(embedded);
    let workers = Workers::start(&Library::open(None, None)?, 1, 64, &graphs(&folder))?;
    let voice = PackageVoice::open(&folder, &workers)?;
    std::fs::create_dir_all(&out)?;
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let samples = block_on(say(&voice, line?))?;
        write_wav(&out.join(format!("{:04}.wav", number + 1)), &samples)?;
    }
    Ok(())
}

async fn say(voice: &PackageVoice, text: String) -> Result<Vec<f32>, Box<dyn std::error::Error>> {
    let (sender, receiver) = async_channel::bounded(1);
    sender.send(text).await?;
    drop(sender);
    let mut stream = voice.speak("", 1.0, receiver);
    let mut samples = Vec::new();
    while let Some(chunk) = stream.next().await {
        samples.extend_from_slice(&chunk?.samples);
    }
    Ok(samples)
}

/// 16-bit mono at 24 kHz.
fn write_wav(path: &Path, samples: &[f32]) -> std::io::Result<()> {
    let length = u32::try_from(samples.len() * 2).unwrap_or(u32::MAX);
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    file.write_all(b"RIFF")?;
    file.write_all(&length.saturating_add(36).to_le_bytes())?;
    file.write_all(b"WAVEfmt \x10\0\0\0\x01\0\x01\0")?;
    file.write_all(&24_000_u32.to_le_bytes())?;
    file.write_all(&48_000_u32.to_le_bytes())?;
    file.write_all(b"\x02\0\x10\0data")?;
    file.write_all(&length.to_le_bytes())?;
    for sample in samples {
        file.write_all(&((sample.clamp(-1.0, 1.0) * 32_767.0) as i16).to_le_bytes())?;
    }
    file.flush()
}
