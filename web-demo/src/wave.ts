// What is heard above, what is said below, and between them a strip in the colour of whose turn it is: the last ten seconds.

import { byId } from "./dom";

export type State = "idle" | "listening" | "thinking" | "speaking";

const SECONDS = 10;
const COLUMNS_PER_SECOND = 25;
const COLUMNS = SECONDS * COLUMNS_PER_SECOND;
const STRIP = 8;

interface Column {
  heard: number;
  said: number;
  state: State;
}

export class Wave {
  state: State = "idle";
  private readonly canvas = byId<HTMLCanvasElement>("wave");
  private columns: Column[] = [];
  private now: Column = { heard: 0, said: 0, state: "idle" };
  private colours = new Map<string, string>();
  private clock = 0;

  constructor() {
    const repaint = () => {
      this.colours.clear();
      this.paint();
    };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
    new ResizeObserver(repaint).observe(this.canvas);
  }

  hear(loudness: number): void {
    this.now.heard = Math.max(this.now.heard, loudness);
    this.run();
  }

  say(loudness: number): void {
    this.now.said = Math.max(this.now.said, loudness);
    this.run();
  }

  /** Moves only while something happens, or was to be seen until just now. */
  private run(): void {
    if (!this.clock) this.clock = window.setInterval(() => this.step(), 1000 / COLUMNS_PER_SECOND);
  }

  private step(): void {
    this.columns.push({ ...this.now, state: this.state });
    this.columns = this.columns.slice(-COLUMNS);
    this.now = { heard: 0, said: 0, state: this.state };
    if (!document.hidden) this.paint();
    if (this.columns.some(({ heard, said, state }) => heard || said || state !== "idle")) return;
    clearInterval(this.clock);
    this.clock = 0;
  }

  private paint(): void {
    const ratio = devicePixelRatio || 1;
    const [width, height] = [this.canvas.clientWidth * ratio, this.canvas.clientHeight * ratio];
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    const brush = this.canvas.getContext("2d");
    if (!brush || !width) return;
    brush.clearRect(0, 0, width, height);
    const [step, middle, strip] = [width / COLUMNS, height / 2, (STRIP * ratio) / 2];
    brush.fillStyle = this.colour("idle");
    brush.fillRect(0, middle - strip, width, 2 * strip);
    this.columns.forEach(({ heard, said, state }, at) => {
      const x = (at + COLUMNS - this.columns.length) * step;
      const reach = middle - strip - ratio;
      brush.fillStyle = this.colour(state);
      brush.fillRect(x, middle - strip, step + 1, 2 * strip);
      brush.fillStyle = this.colour("listening");
      brush.fillRect(x, middle - strip - ratio - tall(heard, reach), step * 0.7, tall(heard, reach));
      brush.fillStyle = this.colour("speaking");
      brush.fillRect(x, middle + strip + ratio, step * 0.7, tall(said, reach));
    });
  }

  private colour(name: State): string {
    const known = this.colours.get(name) ?? getComputedStyle(this.canvas).getPropertyValue(`--${name}`).trim();
    this.colours.set(name, known);
    return known;
  }
}

/** Quiet sounds are to be seen, too. */
function tall(loudness: number, reach: number): number {
  return Math.sqrt(loudness) * reach;
}
