// Runs on the audio thread: hands over the sound that passes as 16 bit mono at 24 kHz, 20 ms at a time, and lets it pass.
// The microphone and the loudspeaker each have one.

declare const sampleRate: number;
declare const currentTime: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, kind: typeof AudioWorkletProcessor): void;

const RATE = 24_000;
const CHUNK = RATE / 50;

class Tap extends AudioWorkletProcessor {
  private chunk = new Int16Array(CHUNK);
  private filled = 0;
  /** 1 unless the browser insists on a rate of its own. */
  private readonly step = sampleRate / RATE;
  /** Of the next sample to take, counted from the first of this block. */
  private position = 0;
  /** The sample before this block. */
  private last = 0;

  process([input]: Float32Array[][], [output]: Float32Array[][]): boolean {
    const block = input?.[0];
    if (!block?.length) return true;
    for (const channel of output ?? []) channel.set(block);
    for (; this.position < block.length; this.position += this.step) {
      const whole = Math.floor(this.position);
      const before = whole > 0 ? (block[whole - 1] ?? 0) : this.last;
      this.put(before + ((block[whole] ?? 0) - before) * (this.position - whole));
    }
    this.position -= block.length;
    this.last = block[block.length - 1] ?? 0;
    return true;
  }

  private put(sample: number): void {
    this.chunk[this.filled++] = Math.max(-1, Math.min(1, sample)) * 32767;
    if (this.filled < CHUNK) return;
    this.port.postMessage({ pcm: this.chunk, at: currentTime }, [this.chunk.buffer]);
    this.chunk = new Int16Array(CHUNK);
    this.filled = 0;
  }
}

registerProcessor("tap", Tap);
