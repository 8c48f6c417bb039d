// The conversation: what the person does goes to the server, what the server says goes to the page and the loudspeaker.

import type { Answer, Item, Listeners, ToolCall } from "./events";
import { type Home, use } from "./home";
import { fromBase64, Line, type LineState } from "./line";
import type { Log } from "./log";
import { pictureItem } from "./pictures";
import type { Settings } from "./settings";
import { type Passed, Speaker, sound } from "./sound";
import type { Turns } from "./turns";
import type { State } from "./wave";

/** A model that calls tools again and again is stopped here. */
const CALLS_IN_A_ROW_MAX = 4;
const CHUNK_MS = 20;
/** How long the moments are kept at which sound was sent. */
const CHUNKS_KEPT_MAX = (120 * 1000) / CHUNK_MS;
const SILENCE = new Int16Array(24_000);
/** Who talks while the line is being opened is heard nevertheless, this many chunks of it. */
const EARLY_CHUNKS_MAX = 5_000 / CHUNK_MS;

/** What the conversation shows and asks of the page. */
export interface Page {
  log: Log;
  turns: Turns;
  settings: Settings;
  home: Home;
  /** The frame of this moment, when a camera is on. */
  look(): string | null;
  onframe(url: string): void;
  /** The home changed. */
  onhome(): void;
  onstate(state: State): void;
  online(state: LineState, why: string): void;
  /** Something that was played. */
  onplayed(passed: Passed): void;
}

export class Conversation {
  readonly counts = { tools: 0, interruptions: 0, tokensIn: 0, tokensOut: 0 };
  readonly line: Line;
  private readonly speaker: Speaker;
  private isHearing = false;
  private isAnswering = false;
  private calls: ToolCall[] = [];
  private callsInARow = 0;
  /** Items of the answer in the making. */
  private items = new Set<string>();
  /** Items that were cut: more sound of them is not played. */
  private cut = new Set<string>();
  private names = 0;
  /** When each chunk of sound was sent, after the first `forgotten` ones. */
  private sentAt: number[] = [];
  private forgotten = 0;
  private early: Int16Array[] = [];
  /** The silence that ends a turn; it belongs to the turn, but nobody speaks in it. */
  private silenceMs = 0;

  constructor(private readonly page: Page) {
    this.speaker = new Speaker((passed) => page.onplayed(passed));
    this.speaker.onquiet = () => this.changed();
    this.line = new Line(() => page.settings.key, this.listeners());
    this.line.onopen = () => this.begin();
    this.line.onstate = (state, why) => {
      if (state !== "open") this.fallSilent();
      page.online(state, why);
    };
  }

  // --- what the person does

  /** Sound from the microphone. */
  hear(pcm: Int16Array): void {
    if (this.line.state === "connecting") this.early = [...this.early, pcm].slice(-EARLY_CHUNKS_MAX);
    if (!this.line.sendSound(pcm)) return;
    this.sentAt.push(performance.now());
    if (this.sentAt.length <= CHUNKS_KEPT_MAX) return;
    this.sentAt.shift();
    this.forgotten++;
  }

  /** The microphone closed; a turn that was open ends as if the person fell silent. */
  stopHearing(): void {
    if (this.isHearing) this.line.sendSound(SILENCE);
  }

  /** The person holds the button: the floor is theirs. */
  hold(): void {
    this.takeFloor();
    this.isHearing = true;
    this.sendFrame();
    this.changed();
  }

  /** The person lets go; what they said is over. */
  release(isTooShort: boolean): void {
    this.isHearing = false;
    if (isTooShort) this.line.send("input_audio_buffer.clear");
    else if (this.line.send("input_audio_buffer.commit")) {
      this.page.turns.begin("spoken", performance.now());
      this.page.turns.mark("sure");
      this.ask();
    }
    this.changed();
  }

  /** The person sends what they wrote, with pictures. */
  async write(text: string, pictures: string[]): Promise<void> {
    // Who cannot hear the answer can read it.
    await sound().catch((error: unknown) => this.page.log.remark(`There is no sound here: ${String(error)}`));
    await this.line.ready();
    this.takeFloor();
    this.sendFrame();
    const names = pictures.map((url) => this.sendPicture(url));
    if (text) {
      const id = this.name();
      const content = [{ type: "input_text", text }];
      this.page.log.say(id, "user", text);
      this.line.send("conversation.item.create", { item: { id, type: "message", role: "user", content } });
    }
    for (const name of names)
      this.page.log.note(name, this.sees ? "shown" : "kept by the server, which cannot see yet");
    if (!text && !this.sees) return;
    this.page.turns.begin("written", performance.now());
    this.page.turns.mark("sure");
    this.ask();
  }

  /** Whether pictures are looked at. */
  sees = false;

  /** Settings changed while the line may be open. */
  configure(): void {
    this.line.send("session.update", { session: this.page.settings.toSession() });
  }

  /** Forgets the beginning of a turn that nobody will end. */
  clear(): void {
    this.line.send("input_audio_buffer.clear");
  }

  /** A new line for the same conversation. */
  async reopen(): Promise<void> {
    this.line.close();
    await this.line.ready();
  }

  // --- what the server says

  private listeners(): Listeners {
    const { log, turns } = this.page;
    return {
      "session.updated": ({ session }) => {
        this.silenceMs = session.audio?.input?.turn_detection?.silence_duration_ms ?? 0;
      },
      "session.created": ({ session }) => this.page.online("open", `Connected to ${session.model ?? "the server"}.`),
      "input_audio_buffer.speech_started": () => this.hearBegin(),
      "input_audio_buffer.speech_stopped": ({ audio_end_ms }) => this.hearEnd(audio_end_ms),
      "conversation.item.added": ({ item }) => this.add(item),
      "conversation.item.input_audio_transcription.delta": ({ item_id, delta }) => log.grow(item_id, "user", delta),
      "conversation.item.input_audio_transcription.completed": ({ item_id, transcript }) =>
        log.say(item_id, "user", transcript || "(nothing understood)"),
      "conversation.item.input_audio_transcription.failed": ({ item_id }) =>
        log.say(item_id, "user", "(could not be written down)"),
      "response.created": () => this.answer(),
      "response.output_audio_transcript.delta": ({ item_id, delta }) => this.tell(item_id, delta),
      "response.output_text.delta": ({ item_id, delta }) => this.tell(item_id, delta),
      "response.function_call_arguments.delta": () => turns.mark("firstWord"),
      "response.output_audio.delta": ({ item_id, delta }) => this.play(item_id, fromBase64(delta)),
      "response.function_call_arguments.done": (call) => this.calls.push(call),
      "response.done": ({ response }) => this.finish(response),
      "conversation.item.truncated": ({ item_id }) => this.line.send("conversation.item.retrieve", { item_id }),
      "conversation.item.retrieved": ({ item }) => log.strikeUnheard(item.id, item.content?.[0]?.transcript ?? ""),
      error: ({ error }) => {
        // Whoever cancels cannot know whether the answer is not over at this moment.
        if (error.code !== "response_cancel_not_active") log.remark(error.message);
      },
    };
  }

  private hearBegin(): void {
    this.isHearing = true;
    this.stopSound();
    this.sendFrame();
    this.changed();
  }

  private hearEnd(endMs: number): void {
    this.isHearing = false;
    const sentAt = this.sentAt[Math.floor((endMs - this.silenceMs) / CHUNK_MS) - this.forgotten];
    this.page.turns.begin("spoken", Math.min(sentAt ?? Number.POSITIVE_INFINITY, performance.now()));
    this.page.turns.mark("sure");
    this.callsInARow = 0;
    this.changed();
  }

  private add(item: Item): void {
    if (item.type !== "message" || !item.role || item.role === "system" || this.isOurs(item.id)) return;
    if (item.role === "assistant") this.items.add(item.id);
    this.page.log.begin(item.id, item.role);
  }

  private answer(): void {
    this.isAnswering = true;
    this.calls = [];
    this.items.clear();
    this.changed();
  }

  private tell(item: string, delta: string): void {
    this.page.turns.mark("firstWord");
    this.page.log.grow(item, "assistant", delta);
  }

  private play(item: string, pcm: Int16Array): void {
    if (this.cut.has(item)) return;
    const { turns } = this.page;
    turns.mark("firstSound");
    turns.mark("heard", this.speaker.play(item, pcm));
    turns.close();
    this.changed();
  }

  private finish(answer: Answer): void {
    this.isAnswering = false;
    for (const item of this.items) this.page.log.drop(item);
    this.counts.tokensIn += answer.usage?.input_tokens ?? 0;
    this.counts.tokensOut += answer.usage?.output_tokens ?? 0;
    if (answer.status === "failed") {
      this.page.log.remark(
        `This could not be answered: ${answer.status_details?.error?.message ?? "the server does not say why"}`,
      );
    }
    if (answer.status === "completed" && this.calls.length) this.useTools();
    this.changed();
  }

  private useTools(): void {
    for (const { call_id, name, arguments: written } of this.calls.splice(0)) {
      const { said, worked } = use(this.page.home, name, written);
      this.counts.tools++;
      this.page.log.card(name, written, said, worked);
      const output = JSON.stringify(worked ? { ok: true } : { ok: false, error: said });
      this.line.send("conversation.item.create", { item: { type: "function_call_output", call_id, output } });
    }
    this.page.onhome();
    if (++this.callsInARow <= CALLS_IN_A_ROW_MAX) this.ask();
  }

  // --- the floor

  private ask(): void {
    this.isAnswering = this.line.send("response.create");
  }

  /** Writing and the button take the floor at once; a voice is noticed by the server. */
  private takeFloor(): void {
    this.stopSound();
    this.callsInARow = 0;
    if (this.isAnswering) this.line.send("response.cancel");
  }

  /** Silence at once; the server is told how much of the answer was heard. */
  private stopSound(): void {
    const cut = this.speaker.stop();
    if (cut.size) this.counts.interruptions++;
    for (const [item_id, heardMs] of cut) {
      this.cut.add(item_id);
      const audio_end_ms = Math.floor(heardMs);
      this.line.send("conversation.item.truncate", { item_id, content_index: 0, audio_end_ms });
    }
  }

  private fallSilent(): void {
    this.speaker.stop();
    this.isAnswering = false;
    this.isHearing = false;
    for (const item of this.items) this.page.log.drop(item);
    this.changed();
  }

  private changed(): void {
    const talking = this.speaker.isPlaying ? "speaking" : this.isAnswering ? "thinking" : "idle";
    this.page.onstate(this.isHearing ? "listening" : talking);
  }

  // --- the session

  /** A new session knows nothing: it is told who it is, and what was said before the old one broke. */
  private begin(): void {
    this.sentAt = [];
    this.forgotten = 0;
    this.cut.clear();
    this.configure();
    for (const { side, text } of this.page.log.remembered()) {
      const content = [{ type: side === "user" ? "input_text" : "output_text", text }];
      this.line.send("conversation.item.create", { item: { id: this.name(), type: "message", role: side, content } });
    }
    for (const pcm of this.early.splice(0)) this.hear(pcm);
  }

  private sendFrame(): void {
    if (this.line.state !== "open") return;
    const url = this.page.look();
    if (!url) return;
    this.line.send("conversation.item.create", pictureItem(this.name(), url));
    this.page.onframe(url);
  }

  private sendPicture(url: string): string {
    const id = this.name();
    this.page.log.say(id, "user", "");
    this.page.log.show(id, url);
    this.line.send("conversation.item.create", pictureItem(id, url));
    return id;
  }

  private name(): string {
    return `page_${++this.names}`;
  }

  private isOurs(id: string): boolean {
    return id.startsWith("page_");
  }
}
