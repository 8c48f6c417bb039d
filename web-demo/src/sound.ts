// The browser's sound: one clock at 24 kHz, the microphone, and the loudspeaker that knows how much of an answer was heard.

import tapAddress from "./tap?worker&url";

export const RATE = 24_000;

/** 20 ms of sound that passed, and when, on the clock of the sound, in seconds. */
export interface Passed {
  pcm: Int16Array;
  at: number;
}

let context: AudioContext | null = null;
let tapReady: Promise<void> | null = null;

/** The clock of all sound. Browsers give it only after a press of something. */
export async function sound(): Promise<AudioContext> {
  context ??= new AudioContext({ sampleRate: RATE });
  tapReady ??= context.audioWorklet.addModule(tapAddress);
  await Promise.all([tapReady, context.resume()]);
  return context;
}

function tap(context: AudioContext, onpassed: (passed: Passed) => void): AudioWorkletNode {
  const node = new AudioWorkletNode(context, "tap", {
    channelCount: 1,
    channelCountMode: "explicit",
    outputChannelCount: [1],
  });
  node.port.onmessage = ({ data }: MessageEvent<Passed>) => onpassed(data);
  return node;
}

/** How loud some samples are at most, 0 to 1. */
export function loudest(pcm: Int16Array): number {
  let most = 0;
  for (const sample of pcm) most = Math.max(most, Math.abs(sample));
  return most / 32_768;
}

export class Microphone {
  private stream: MediaStream | null = null;
  private nodes: AudioNode[] = [];

  constructor(private readonly onheard: (passed: Passed) => void) {}

  get isOpen(): boolean {
    return this.stream !== null;
  }

  /** Asks the person for the microphone; `device` may be empty. */
  async open(device: string): Promise<void> {
    if (!navigator.mediaDevices) throw new DOMException("", "InsecureContext");
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
    const wanted = device ? { ...audio, deviceId: { ideal: device } } : audio;
    const [context, stream] = await Promise.all([sound(), navigator.mediaDevices.getUserMedia({ audio: wanted })]);
    this.close();
    const source = context.createMediaStreamSource(stream);
    const heard = tap(context, this.onheard);
    // A worklet runs only when it leads somewhere: into silence, here.
    const nowhere = new GainNode(context, { gain: 0 });
    source.connect(heard).connect(nowhere).connect(context.destination);
    this.nodes = [source, heard, nowhere];
    this.stream = stream;
  }

  close(): void {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    for (const node of this.nodes) node.disconnect();
    this.nodes = [];
    this.stream = null;
  }
}

interface Piece {
  source: AudioBufferSourceNode;
  item: string;
  at: number;
  seconds: number;
}

export class Speaker {
  /** Called when the last of what was to be said is over. */
  onquiet: () => void = () => {};
  private pieces: Piece[] = [];
  private until = 0;
  private out: AudioNode | null = null;
  /** Seconds of each item that are over. */
  private over = new Map<string, number>();

  constructor(private readonly onplayed: (passed: Passed) => void) {}

  get isPlaying(): boolean {
    return this.pieces.length > 0;
  }

  /** Plays after what is already waiting. When its first sample is heard, on the clock of `performance`, in ms. */
  play(item: string, pcm: Int16Array): number {
    if (!context || !pcm.length) return performance.now();
    this.out ??= this.openOutput(context);
    const buffer = context.createBuffer(1, pcm.length, RATE);
    buffer.copyToChannel(
      Float32Array.from(pcm, (sample) => sample / 32_768),
      0,
    );
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(this.out);
    const at = Math.max(this.until, context.currentTime + 0.03);
    source.start(at);
    this.until = at + buffer.duration;
    const piece = { source, item, at, seconds: buffer.duration };
    this.pieces.push(piece);
    source.onended = () => this.end(piece);
    return performance.now() + (at - context.currentTime + context.outputLatency) * 1000;
  }

  /** Silence at once. Tells how much of what was cut had been heard, in ms by item. */
  stop(): Map<string, number> {
    const cut = new Map<string, number>();
    const now = context ? context.currentTime - context.outputLatency : 0;
    for (const { source, item, at, seconds } of this.pieces) {
      source.onended = null;
      source.stop();
      const before = cut.get(item) ?? (this.over.get(item) ?? 0) * 1000;
      cut.set(item, before + Math.min(Math.max(now - at, 0), seconds) * 1000);
    }
    this.pieces = [];
    this.over.clear();
    this.until = 0;
    return cut;
  }

  private end(piece: Piece): void {
    this.pieces = this.pieces.filter((other) => other !== piece);
    this.over.set(piece.item, (this.over.get(piece.item) ?? 0) + piece.seconds);
    if (this.pieces.length) return;
    this.over = new Map([...this.over].slice(-8));
    this.onquiet();
  }

  private openOutput(context: AudioContext): AudioNode {
    const out = tap(context, this.onplayed);
    out.connect(context.destination);
    return out;
  }
}
