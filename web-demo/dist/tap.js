const RATE = 24e3;
const CHUNK = RATE / 50;
class Tap extends AudioWorkletProcessor {
  chunk = new Int16Array(CHUNK);
  filled = 0;
  /** 1 unless the browser insists on a rate of its own. */
  step = sampleRate / RATE;
  /** Of the next sample to take, counted from the first of this block. */
  position = 0;
  /** The sample before this block. */
  last = 0;
  process([input], [output]) {
    const block = input?.[0];
    if (!block?.length) return true;
    for (const channel of output ?? []) channel.set(block);
    for (; this.position < block.length; this.position += this.step) {
      const whole = Math.floor(this.position);
      const before = whole > 0 ? block[whole - 1] ?? 0 : this.last;
      this.put(before + ((block[whole] ?? 0) - before) * (this.position - whole));
    }
    this.position -= block.length;
    this.last = block[block.length - 1] ?? 0;
    return true;
  }
  put(sample) {
    this.chunk[this.filled++] = Math.max(-1, Math.min(1, sample)) * 32767;
    if (this.filled < CHUNK) return;
    this.port.postMessage({ pcm: this.chunk, at: currentTime }, [this.chunk.buffer]);
    this.chunk = new Int16Array(CHUNK);
    this.filled = 0;
  }
}
registerProcessor("tap", Tap);
