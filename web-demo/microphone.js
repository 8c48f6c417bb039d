// Runs on the audio thread: hands over the microphone as 16 bit mono at 24 kHz, 40 ms at a time.

const RATE = 24000;
const CHUNK = RATE * 0.04;

class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.chunk = new Int16Array(CHUNK);
    this.filled = 0;
    this.step = sampleRate / RATE; // 1 unless the browser insists on its own rate
    this.position = 0; // of the next sample to take, counted from the first of this block
    this.last = 0; // the sample before this block
  }

  process([input]) {
    const block = input[0];
    if (!block) return true;
    for (; this.position < block.length; this.position += this.step) {
      const whole = Math.floor(this.position);
      const before = whole > 0 ? block[whole - 1] : this.last;
      this.put(before + (block[whole] - before) * (this.position - whole));
    }
    this.position -= block.length;
    this.last = block[block.length - 1];
    return true;
  }

  put(sample) {
    this.chunk[this.filled++] = Math.max(-1, Math.min(1, sample)) * 32767;
    if (this.filled < CHUNK) return;
    this.port.postMessage(this.chunk.buffer, [this.chunk.buffer]);
    this.chunk = new Int16Array(CHUNK);
    this.filled = 0;
  }
}

registerProcessor("microphone", Microphone);
