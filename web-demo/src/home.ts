// A little home to look after: what is in it, and the tools in the OpenAI function schema that change it.

export const ROOMS = ["kitchen", "living room", "bedroom", "bathroom"] as const;
export const DOORS = ["front door", "back door"] as const;
export type Room = (typeof ROOMS)[number];
export type Door = (typeof DOORS)[number];

export interface Timer {
  name: string;
  /** On the clock of `Date.now()`. */
  endsAt: number;
}

const TIMERS_MAX = 5;
const RINGS_MS = 60_000;
const DEGREES = { least: 5, most: 30 };

/** Everything in the home that can change. */
export class Home {
  lights = new Map<Room, boolean>(ROOMS.map((room) => [room, false]));
  blinds = new Map<Room, boolean>(ROOMS.map((room) => [room, true]));
  locks = new Map<Door, boolean>(DOORS.map((door) => [door, true]));
  degrees = 20;
  music = "";
  timers: Timer[] = [];

  /** Timers that run or still ring. */
  current(now: number): Timer[] {
    this.timers = this.timers.filter(({ endsAt }) => now < endsAt + RINGS_MS);
    return this.timers;
  }

  /** Everything in words, for who cannot see the picture. */
  told(): string[] {
    const lit = ROOMS.filter((room) => this.lights.get(room));
    const closed = ROOMS.filter((room) => !this.blinds.get(room));
    const open = DOORS.filter((door) => !this.locks.get(door));
    return [
      `Lights on: ${lit.join(", ") || "none"}`,
      `Blinds closed: ${closed.join(", ") || "none"}`,
      `Unlocked: ${open.join(", ") || "no door"}`,
      `Heating: ${this.degrees} °C`,
      `Music: ${this.music || "off"}`,
    ];
  }
}

/** The arguments of a call, as the model wrote them: to be believed only after a look. */
type Arguments = Record<string, unknown>;

export interface Tool {
  name: string;
  /** What it is for, to a person. */
  title: string;
  schema: object;
  /** Does it, and says what is now so. Throws what is to be told to the model. */
  use(home: Home, given: Arguments): string;
}

const oneOf = (values: readonly string[]) => ({ type: "string", enum: values });
const YES_NO = { type: "boolean" };
const WORDS = { type: "string" };

function tool(
  name: string,
  title: string,
  description: string,
  properties: Record<string, object>,
  use: Tool["use"],
  optional: string[] = [],
): Tool {
  const required = Object.keys(properties).filter((key) => !optional.includes(key));
  const parameters = { type: "object", properties, required };
  return { name, title, schema: { type: "function", name, description, parameters }, use };
}

export const TOOLS: Tool[] = [
  tool(
    "set_light",
    "Lights",
    "Turn the light of a room on or off",
    { room: oneOf(ROOMS), on: YES_NO },
    (home, { room, on }) => {
      home.lights.set(known(ROOMS, room), truth(on));
      return `The ${room} light is ${on ? "on" : "off"}`;
    },
  ),
  tool(
    "move_blinds",
    "Blinds",
    "Open or close the blinds of a room",
    { room: oneOf(ROOMS), open: YES_NO },
    (home, { room, open }) => {
      home.blinds.set(known(ROOMS, room), truth(open));
      return `The ${room} blinds are ${open ? "open" : "closed"}`;
    },
  ),
  tool(
    "set_temperature",
    "Heating",
    "Set the temperature of the home in degrees",
    { degrees: { type: "number" } },
    (home, { degrees }) => {
      home.degrees = between(degrees, DEGREES.least, DEGREES.most, "degrees");
      return `The heating is set to ${home.degrees} °C`;
    },
  ),
  tool(
    "set_lock",
    "Doors",
    "Lock or unlock a door",
    { door: oneOf(DOORS), locked: YES_NO },
    (home, { door, locked }) => {
      home.locks.set(known(DOORS, door), truth(locked));
      return `The ${door} is ${locked ? "locked" : "unlocked"}`;
    },
  ),
  tool(
    "set_timer",
    "Timers",
    "Start a timer",
    { duration: { ...WORDS, description: "like 10 minutes" }, name: WORDS },
    (home, { duration, name }) => {
      if (home.current(Date.now()).length >= TIMERS_MAX) throw new Error(`there are ${TIMERS_MAX} timers already`);
      const span = words(duration, "duration");
      const label = typeof name === "string" ? name.slice(0, 30) : "";
      home.timers.push({ name: label, endsAt: Date.now() + milliseconds(span) });
      return `A ${label ? `${label} ` : ""}timer runs for ${span}`;
    },
    ["name"],
  ),
  tool("play_music", "Music", "Play music or radio", { query: WORDS }, (home, { query }) => {
    home.music = words(query, "query");
    return `${home.music} is playing`;
  }),
  tool(
    "control_music",
    "Player",
    "Pause, resume or stop the music",
    { action: oneOf(["pause", "resume", "stop"]) },
    (home, { action }) => {
      const wanted = known(["pause", "resume", "stop"] as const, action);
      if (wanted === "resume") home.music ||= "music";
      else home.music = "";
      return wanted === "resume" ? `${home.music} is playing` : "The music is off";
    },
  ),
];

/** What came of a call: a sentence for the person, and what the model is told. */
export interface Outcome {
  said: string;
  worked: boolean;
}

/** Carries out a call as the model wrote it. What goes wrong is told, not thrown. */
export function use(home: Home, name: string, written: string): Outcome {
  const found = TOOLS.find((tool) => tool.name === name);
  if (!found) return { said: `There is no tool ${name}`, worked: false };
  try {
    return { said: found.use(home, JSON.parse(written) as Arguments), worked: true };
  } catch (error) {
    return { said: error instanceof Error ? error.message : String(error), worked: false };
  }
}

function known<Value extends string>(values: readonly Value[], given: unknown): Value {
  const found = values.find((value) => value === given);
  if (found === undefined) throw new Error(`there is no ${String(given)} here, only: ${values.join(", ")}`);
  return found;
}

function truth(given: unknown): boolean {
  if (typeof given !== "boolean") throw new Error(`${String(given)} is neither true nor false`);
  return given;
}

function words(given: unknown, what: string): string {
  if (typeof given !== "string" || !given.trim()) throw new Error(`the ${what} is missing`);
  return given.trim().slice(0, 60);
}

function between(given: unknown, least: number, most: number, unit: string): number {
  if (typeof given === "number" && given >= least && given <= most) return given;
  throw new Error(`it goes from ${least} to ${most} ${unit}`);
}

const UNITS: Record<string, number> = { second: 1_000, minute: 60_000, hour: 3_600_000 };

/** "1 hour 5 minutes" in milliseconds. */
export function milliseconds(span: string): number {
  let sum = 0;
  for (const [, count, unit] of span.matchAll(/(\d+(?:\.\d+)?)\s*(second|minute|hour)/g))
    sum += Number(count) * (UNITS[unit ?? ""] ?? 0);
  if (sum <= 0 || sum > 24 * 3_600_000) throw new Error(`"${span}" is no time like 10 minutes`);
  return sum;
}
