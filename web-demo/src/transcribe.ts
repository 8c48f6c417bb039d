// Writing down a sound from a file: decoded here, streamed over a line of its own, so that the conversation stays as it is.

import { Line } from "./line";
import { loudest, RATE, sound } from "./sound";

const SECONDS_MAX = 600;
/** The server hears at most a minute in one piece. */
const PIECE = 25 * RATE;
/** A piece ends at the quietest place of its last seconds. */
const SEARCHED = 5 * RATE;
const WINDOW = RATE / 20;

/** The words in a sound file, piece by piece to `onwords`; resolves with all of them. */
export async function transcribe(file: File, key: string, onwords: (words: string) => void): Promise<string> {
  const pieces = cut(await decode(file));
  const said: string[] = [];
  const { line, next } = open(key);
  try {
    await line.ready();
    for (const piece of pieces) {
      await stream(line, piece);
      line.send("input_audio_buffer.commit");
      said.push(await next());
      onwords(said.join(" "));
    }
  } finally {
    line.close();
  }
  return said.join(" ").trim();
}

async function decode(file: File): Promise<Int16Array> {
  const context = await sound();
  const decoded = await context.decodeAudioData(await file.arrayBuffer()).catch(() => {
    throw new Error("This sound cannot be read. WAV, MP3, Ogg, FLAC and what this browser plays can.");
  });
  if (decoded.duration > SECONDS_MAX) throw new Error("This sound is longer than ten minutes.");
  const channels = Array.from({ length: decoded.numberOfChannels }, (_, at) => decoded.getChannelData(at));
  const mono = new Int16Array(decoded.length);
  for (let at = 0; at < mono.length; at++) {
    const sum = channels.reduce((sum, channel) => sum + (channel[at] ?? 0), 0);
    mono[at] = Math.max(-1, Math.min(1, sum / channels.length)) * 32_767;
  }
  return mono;
}

/** Pieces of at most 25 s, parted where it is quiet. */
export function cut(pcm: Int16Array): Int16Array[] {
  const pieces: Int16Array[] = [];
  let from = 0;
  while (pcm.length - from > PIECE) {
    const to = quietest(pcm, from + PIECE - SEARCHED, from + PIECE);
    pieces.push(pcm.subarray(from, to));
    from = to;
  }
  return [...pieces, pcm.subarray(from)];
}

function quietest(pcm: Int16Array, from: number, to: number): number {
  let [best, least] = [to, Number.POSITIVE_INFINITY];
  for (let at = from; at + WINDOW <= to; at += WINDOW) {
    const loudness = loudest(pcm.subarray(at, at + WINDOW));
    if (loudness < least) [best, least] = [at + WINDOW / 2, loudness];
  }
  return best;
}

async function stream(line: Line, pcm: Int16Array): Promise<void> {
  for (let at = 0; at < pcm.length; at += RATE) {
    while (!line.sendSound(pcm.slice(at, at + RATE))) {
      if (line.state !== "open") throw new Error("The line broke while the sound was sent.");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** A line that only writes down; `next` resolves with the words of the next piece. */
function open(key: string): { line: Line; next: () => Promise<string> } {
  let settle: { resolve: (words: string) => void; reject: (why: Error) => void } | null = null;
  const fail = (why: string) => settle?.reject(new Error(why));
  const line = new Line(() => key, {
    "conversation.item.input_audio_transcription.completed": ({ transcript }) => settle?.resolve(transcript.trim()),
    "conversation.item.input_audio_transcription.failed": () => fail("The server could not write this down."),
    error: ({ error }) => fail(error.message),
  });
  line.onopen = () => {
    const input = { transcription: { model: "pocket" }, turn_detection: null };
    line.send("session.update", { session: { type: "transcription", audio: { input } } });
  };
  line.onstate = (state, why) => state === "lost" && fail(why);
  const next = () =>
    new Promise<string>((resolve, reject) => {
      settle = { resolve, reject };
    });
  return { line, next };
}
