//! Sounds and pictures inside an item of a client, understood.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use hearth_audio::{Resampler, SampleRate};
use hearth_codecs::file::SoundFile;
use hearth_models::{AudioPart, Error, ImagePart, Models, SpeechStream, VisionEncoder};
use hearth_vision::VideoFrame;

use crate::{
    conversation::{Body, Content, Item, Picture, Sound, UserSound},
    ids,
    protocol::realtime::{
        config::AudioFormat,
        error::Refusal,
        items::{NewBody, NewContent, NewItem},
    },
    senses::{Decoder, EAR_RATE},
};

/// Longest side of a picture that is kept, in pixels.
const PICTURE_SIDE_MAX: u32 = 1_024;
/// Longest sound inside an item that a client makes.
const ITEM_SOUND_MAX: Duration = Duration::from_secs(120);

/// What a sound or a picture inside an item turned out to be.
#[derive(Debug)]
pub(crate) enum Understood {
    /// A voice.
    Sound {
        /// As it was received.
        sound: Sound,
        /// As the core reads it.
        part: AudioPart,
    },
    /// A picture.
    Picture {
        /// Decoded.
        frame: Arc<VideoFrame>,
        /// As the core reads it, when the models have eyes.
        seen: Option<ImagePart>,
    },
}

/// Understands what is in `item`, in order; its bytes are gone then. Sound without a kind of its own is in `format`.
///
/// # Errors
/// A [`Refusal`] when one of them cannot be understood.
pub(crate) async fn understand(
    models: &Models,
    format: AudioFormat,
    at: Duration,
    item: &mut NewItem,
    understood: &mut Vec<Understood>,
) -> Result<(), Refusal> {
    let NewBody::Message { content, .. } = &mut item.body else { return Ok(()) };
    for part in content {
        match part {
            NewContent::Text(_) => {}
            NewContent::Sound { bytes, .. } => {
                let mut raw = Vec::new();
                Decoder::new(format).decode(&std::mem::take(bytes), &mut raw);
                understood.push(hear(models, format.rate(), &raw).await?);
            }
            NewContent::SoundFile { bytes, extension } => {
                let (rate, raw) = open_file(std::mem::take(bytes), extension.take()).await?;
                understood.push(hear(models, rate, &raw).await?);
            }
            NewContent::Picture { bytes, .. } => {
                understood.push(see(std::mem::take(bytes), at, models.eyes.as_deref()).await?);
            }
        }
    }
    Ok(())
}

/// A client's item with its sounds and pictures understood.
pub(crate) fn build_item(item: NewItem, understood: &mut dyn Iterator<Item = Understood>) -> Item {
    let body = match item.body {
        NewBody::Call(call) => Body::Call(call),
        NewBody::CallOutput { call_id, output } => Body::CallOutput { call_id, output },
        NewBody::Message { speaker, content } => Body::Message {
            speaker,
            content: content.into_iter().filter_map(|part| build_part(part, understood)).collect(),
        },
    };
    Item::whole(item.id.unwrap_or_else(|| ids::name("item")), body)
}

fn build_part(part: NewContent, understood: &mut dyn Iterator<Item = Understood>) -> Option<Content> {
    let transcript = if let NewContent::Sound { transcript, .. } = &part { transcript.clone() } else { None };
    Some(match part {
        NewContent::Text(text) => Content::Text(text),
        NewContent::Sound { .. } | NewContent::SoundFile { .. } => match understood.next()? {
            Understood::Sound { sound, part } => {
                Content::UserSound(UserSound { sound: Some(sound), parts: vec![part], transcript })
            }
            Understood::Picture { .. } => return None,
        },
        NewContent::Picture { url, detail, .. } => match understood.next()? {
            Understood::Picture { frame, seen } => {
                Content::Picture(Picture { url: url.into(), detail, frame: Some(frame), seen })
            }
            Understood::Sound { .. } => return None,
        },
    })
}

/// A sound file, decoded beside the executor, as far as a sound in an item may go.
async fn open_file(bytes: Vec<u8>, extension: Option<String>) -> Result<(SampleRate, Vec<f32>), Refusal> {
    let decoded = tokio::task::spawn_blocking(move || {
        let mut file = SoundFile::open(Bytes::from(bytes), extension.as_deref())?;
        let mut samples = Vec::new();
        while file.read(&mut samples)? {
            if is_too_long(file.rate(), samples.len()) {
                break;
            }
        }
        Ok((file.rate(), samples))
    });
    let refuse = |reason: String| Refusal::new("invalid_audio", format!("The audio cannot be read: {reason}."));
    match decoded.await {
        Ok(Ok(decoded)) => Ok(decoded),
        Ok(Err(error)) => Err(refuse(hearth_codecs::Error::to_string(&error))),
        Err(_) => Err(refuse("its decoder gave up".to_owned())),
    }
}

fn is_too_long(rate: SampleRate, samples: usize) -> bool {
    rate.duration_of(samples as u64) > ITEM_SOUND_MAX
}

async fn hear(models: &Models, rate: SampleRate, raw: &[f32]) -> Result<Understood, Refusal> {
    if raw.is_empty() || is_too_long(rate, raw.len()) {
        let message = "The audio of an item must be 1 sample to 120 seconds long.";
        return Err(Refusal::new("invalid_value", message).at("item"));
    }
    let broken = |error: &dyn std::fmt::Display| Refusal::new("audio_not_understood", format!("{error}")).at("item");
    let mut resampler = Resampler::new(rate, EAR_RATE).map_err(|error| broken(&error))?;
    let mut sound = Vec::new();
    resampler.push(raw, &mut sound);
    resampler.flush(&mut sound);
    let mut stream = models.ears.open();
    let (part, samples) = hear_whole(stream.as_mut(), &sound).await.map_err(|error| broken(&error))?;
    Ok(Understood::Sound { sound: Sound { rate: EAR_RATE, samples }, part })
}

/// All of a sound at once.
async fn hear_whole(stream: &mut dyn SpeechStream, sound: &[f32]) -> Result<(AudioPart, Arc<[i16]>), Error> {
    let mut steps = stream.push(sound).await?;
    let (rest, transcript) = stream.finish().await?;
    steps.extend(rest);
    let part = AudioPart {
        id: ids::audio_part(),
        steps: steps.into_iter().map(|step| step.embedding).collect(),
        transcript: Some(transcript.text),
    };
    Ok((part, sound.iter().map(|&sample| hearth_codecs::pcm::to_i16(sample)).collect()))
}

/// Decodes a picture beside the executor: a large one takes a while. Then looks at it, once.
async fn see(bytes: Vec<u8>, at: Duration, eyes: Option<&dyn VisionEncoder>) -> Result<Understood, Refusal> {
    let refuse =
        |reason: String| Refusal::new("invalid_image", format!("The image cannot be read: {reason}.")).at("item");
    let decoded = tokio::task::spawn_blocking(move || decode_picture(&bytes, at)).await;
    let frame = decoded.map_err(|_| refuse("its decoder gave up".to_owned()))?.map_err(refuse)?;
    let seen = match eyes {
        Some(eyes) => Some(eyes.look(&frame).await.map_err(|error| refuse(error.to_string()))?),
        None => None,
    };
    Ok(Understood::Picture { frame: Arc::new(frame), seen })
}

/// A picture no larger than any eye of ours needs it.
fn decode_picture(bytes: &[u8], at: Duration) -> Result<VideoFrame, String> {
    let frame = hearth_codecs::picture::decode(bytes, at).map_err(|error| error.to_string())?;
    hearth_vision::fit(&frame, PICTURE_SIDE_MAX).map_err(|error| error.to_string())
}
