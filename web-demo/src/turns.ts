// When things happened in each turn, and what that says about all of them.

import { byId, make } from "./dom";

/** Moments of a turn in ms on the clock of `performance`, in their order. */
export interface Turn {
  kind: "spoken" | "written";
  /** The person fell silent, or sent what they wrote. */
  ended: number;
  /** The server was sure of it. */
  sure?: number;
  firstWord?: number;
  firstSound?: number;
  heard?: number;
}

const STAGES = [
  ["sure", "wait", "sure that you ended"],
  ["firstWord", "think", "first word"],
  ["firstSound", "voice", "first sound received"],
  ["heard", "way", "first sound heard"],
] as const;
type Stage = (typeof STAGES)[number][0];

const SHOWN_MAX = 6;
const KEPT_MAX = 200;

export class Turns {
  /** The last turns, the latest last. */
  all: Turn[] = [];
  private open: Turn | null = null;

  begin(kind: Turn["kind"], ended: number): void {
    this.open = { kind, ended };
  }

  /** Notes a moment of the open turn, the first time it comes. */
  mark(stage: Stage, at = performance.now()): void {
    const turn = this.open;
    if (!turn || turn[stage] !== undefined) return;
    turn[stage] = at;
    if (stage === "firstWord") {
      this.all.push(turn);
      this.all = this.all.slice(-KEPT_MAX);
    }
    this.draw();
  }

  /** Sounds that come later belong to no turn of the person. */
  close(): void {
    this.open = null;
  }

  clear(): void {
    this.all = [];
    this.open = null;
    this.draw();
  }

  /** Of all turns that were answered aloud, in ms: from the end of the person's turn to the first sound in their ear. */
  median(): number | null {
    const all = this.all.flatMap(({ ended, heard }) => (heard === undefined ? [] : [heard - ended]));
    return all.sort((a, b) => a - b)[Math.floor((all.length - 1) / 2)] ?? null;
  }

  private draw(): void {
    const shown = this.all.slice(-SHOWN_MAX).reverse();
    const longest = Math.max(1000, ...shown.map((turn) => latest(turn) - turn.ended));
    byId("turns").replaceChildren(...shown.map((turn) => row(turn, longest)));
    byId("legend").hidden = !shown.length;
  }
}

function latest(turn: Turn): number {
  return Math.max(turn.ended, ...STAGES.map(([stage]) => turn[stage] ?? 0));
}

function row(turn: Turn, longest: number): HTMLLIElement {
  const bar = make("span", { class: "bar", "aria-hidden": "true" });
  const said: string[] = [];
  let from = turn.ended;
  for (const [stage, look, name] of STAGES) {
    const at = turn[stage];
    if (at === undefined) continue;
    const piece = make("span", { class: look, title: `${name}: ${ms(at - turn.ended)}` });
    piece.style.width = `${(Math.max(0, at - from) / longest) * 100}%`;
    bar.append(piece);
    said.push(`${name} after ${ms(at - turn.ended)}`);
    from = Math.max(from, at);
  }
  const label = make("span", { class: "unseen" }, `${turn.kind} turn: ${said.join(", ")}`);
  const sum = make("span", { class: "sum", "aria-hidden": "true" }, ms(from - turn.ended));
  return make("li", {}, label, bar, sum);
}

/** A time to be read. */
export function ms(value: number): string {
  return value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}
