// The conversation as it is shown: bubbles that grow, cards of tool calls, pictures, and words that were not heard struck out.

import { announce, byId, make } from "./dom";

type Side = "user" | "assistant";

interface Bubble {
  side: Side;
  line: HTMLLIElement;
  words: HTMLSpanElement;
}

/** What a new session is told of the old one after a broken line. */
export interface Said {
  side: Side;
  text: string;
}

const REMEMBERED_MAX = 12;
const LINES_MAX = 200;

export class Log {
  private readonly list = byId("log");
  private bubbles = new Map<string, Bubble>();

  /** Shows that somebody says something, before it is known what. */
  begin(id: string, side: Side): void {
    const { words } = this.bubble(id, side);
    words.textContent ||= "…";
  }

  /** Words as they come. */
  grow(id: string, side: Side, delta: string): void {
    const { words } = this.bubble(id, side);
    words.textContent = (words.textContent === "…" ? "" : (words.textContent ?? "")) + delta;
    this.follow();
  }

  /** All the words at once. */
  say(id: string, side: Side, text: string): void {
    this.bubble(id, side).words.textContent = text;
    if (side === "user") announce(`You: ${text}`);
    this.follow();
  }

  /** A picture the person showed. */
  show(id: string, url: string): void {
    const { line } = this.bubble(id, "user");
    line.prepend(make("img", { src: url, alt: "The picture you sent" }));
  }

  /** Strikes out what follows the words that were heard. */
  strikeUnheard(id: string, heard: string): void {
    const bubble = this.bubbles.get(id);
    if (bubble?.side !== "assistant") return;
    const whole = bubble.words.textContent ?? "";
    const rest = whole.startsWith(heard) ? whole.slice(heard.length) : "";
    if (!rest.trim()) return;
    bubble.words.replaceChildren(heard, make("s", { title: "You did not hear this" }, rest));
  }

  /** A small line below what was said. */
  note(id: string, text: string): void {
    this.bubbles.get(id)?.line.append(make("small", {}, text));
  }

  /** A tool that was used: what with, and what came of it. */
  card(name: string, written: string, outcome: string, worked: boolean): void {
    const code = make("code", {}, name, make("span", { class: "arguments" }, written));
    this.append(make("li", { class: worked ? "tool" : "tool failed" }, code, make("b", {}, outcome)));
    announce(outcome);
  }

  /** Something about the conversation that nobody said. */
  remark(text: string): void {
    this.append(make("li", { class: "remark" }, text));
  }

  /** Takes an empty bubble away again: nothing was said after all. */
  drop(id: string): void {
    if (this.bubbles.get(id)?.words.textContent !== "…") return;
    this.bubbles.get(id)?.line.remove();
    this.bubbles.delete(id);
  }

  /** The last things that were said and heard. */
  remembered(): Said[] {
    const said = [...this.bubbles.values()].map(({ side, words }) => ({ side, text: heardText(words) }));
    return said.filter(({ text }) => text && text !== "…").slice(-REMEMBERED_MAX);
  }

  clear(): void {
    this.list.replaceChildren();
    this.bubbles.clear();
    byId("welcome").hidden = false;
  }

  private bubble(id: string, side: Side): Bubble {
    const known = this.bubbles.get(id);
    if (known) return known;
    const words = make("span", { class: "words" });
    const who = make("span", { class: "unseen" }, side === "user" ? "You: " : "Hearth: ");
    const line = make("li", { class: side }, who, words);
    const bubble = { side, line, words };
    this.bubbles.set(id, bubble);
    this.append(line);
    return bubble;
  }

  private append(line: HTMLLIElement): void {
    byId("welcome").hidden = true;
    this.list.append(line);
    while (this.list.childElementCount > LINES_MAX) this.list.firstElementChild?.remove();
    this.follow();
  }

  private follow(): void {
    this.list.scrollTop = this.list.scrollHeight;
  }
}

function heardText(words: HTMLSpanElement): string {
  const heard = [...words.childNodes].filter((node) => node.nodeName !== "S");
  return heard
    .map((node) => node.textContent ?? "")
    .join("")
    .trim();
}
