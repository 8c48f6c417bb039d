// The line to the server: opened when the person wants it, and mended by itself when it breaks.

import { dispatch, type Listeners } from "./events";

export type LineState = "closed" | "connecting" | "open" | "lost";

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 8_000;
/** Sound is not worth being sent late: more bytes than this (about 2 s) are not kept waiting for the network. */
const WAITING_BYTES_MAX = 128 * 1024;
/** A browser can send a key only as the name of a subprotocol, which has no other letters. */
const SENDABLE = /^[\w!#$%&'*+.^`|~-]+$/;

export class Line {
  /** Set by whoever wants to know. `why` is a sentence for the person. */
  onstate: (state: LineState, why: string) => void = () => {};
  /** Called when the line is open, before anything else is said on it. */
  onopen: () => void = () => {};
  state: LineState = "closed";
  sentBytes = 0;
  receivedBytes = 0;
  /** How often the line broke. */
  losses = 0;
  private socket: WebSocket | null = null;
  private retryMs = RETRY_MS_MIN;
  private retry = 0;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly key: () => string,
    private readonly listeners: Listeners,
  ) {}

  /** Resolves when the line is open; opens it if nobody did. */
  async ready(): Promise<void> {
    if (this.state === "open") return;
    if (this.state === "closed") this.connect();
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Sends an event, if the line is open. */
  send(type: string, fields: object = {}): boolean {
    if (this.state !== "open" || !this.socket) return false;
    const text = JSON.stringify({ type, ...fields });
    this.socket.send(text);
    this.sentBytes += text.length;
    return true;
  }

  /** Sends sound, unless the network does not keep up. */
  sendSound(pcm: Int16Array): boolean {
    if ((this.socket?.bufferedAmount ?? 0) > WAITING_BYTES_MAX) return false;
    return this.send("input_audio_buffer.append", { audio: toBase64(pcm) });
  }

  /** Hangs up; the line stays closed until it is wanted again. */
  close(): void {
    clearTimeout(this.retry);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.change("closed", "Ready when you are.");
  }

  private connect(): void {
    if (this.state === "closed") this.change("connecting", "Connecting …");
    const url = new URL("v1/realtime?model=pocket", location.href.replace(/^http/, "ws"));
    const key = this.key();
    const socket = new WebSocket(
      url,
      SENDABLE.test(key) ? ["realtime", `openai-insecure-api-key.${key}`] : ["realtime"],
    );
    this.socket = socket;
    socket.onopen = () => {
      this.retryMs = RETRY_MS_MIN;
      this.change("open", "Connected.");
      this.onopen();
      for (const go of this.waiting.splice(0)) go();
    };
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      this.receivedBytes += data.length;
      dispatch(data, this.listeners);
    };
    socket.onclose = () => {
      if (this.socket === socket) void this.lose();
    };
  }

  private async lose(): Promise<void> {
    if (this.state === "open") this.losses++;
    this.socket = null;
    this.change("lost", "The line to the server broke. Trying again …");
    const waitMs = this.retryMs;
    this.retryMs = Math.min(this.retryMs * 2, RETRY_MS_MAX);
    clearTimeout(this.retry);
    this.retry = window.setTimeout(() => this.connect(), waitMs);
    const why = await whyNot(this.key());
    if (this.state === "lost") this.change("lost", why);
  }

  private change(state: LineState, why: string): void {
    this.state = state;
    this.onstate(state, why);
  }
}

/** A refused WebSocket does not tell why; asking for the models does. */
async function whyNot(key: string): Promise<string> {
  if (key && !SENDABLE.test(key)) return "Browsers cannot send a key with such letters: start the server with another.";
  try {
    const answer = await fetch("v1/models", { headers: key ? { authorization: `Bearer ${key}` } : {} });
    if (answer.status === 401) return "This server wants a key: put it into the settings.";
    return "The line to the server broke. Trying again …";
  } catch {
    return "The server does not answer. Trying again …";
  }
}

/** 16 bit samples as the protocol writes them. */
export function toBase64(pcm: Int16Array): string {
  const bytes = new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  let text = "";
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return btoa(text);
}

/** 16 bit samples from what the protocol wrote. */
export function fromBase64(text: string): Int16Array {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  return new Int16Array(bytes.buffer, 0, bytes.length >> 1);
}
