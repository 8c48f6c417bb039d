// The page: its parts, and what they tell each other. It speaks only the public protocol; nothing here is special to Hearth.

import { Camera } from "./camera";
import { Conversation } from "./conversation";
import { byId, make } from "./dom";
import { microphoneHelp } from "./help";
import { Home } from "./home";
import type { LineState } from "./line";
import { Log } from "./log";
import { shrunk } from "./pictures";
import { drawHome } from "./plan";
import { abilities } from "./server";
import { Settings } from "./settings";
import { loudest, Microphone } from "./sound";
import { transcribe } from "./transcribe";
import { ms, Turns } from "./turns";
import { type State, Wave } from "./wave";

/** A shorter press was no speech. */
const HOLD_MS_MIN = 250;
const PICTURES_MAX = 4;

const settings = new Settings();
const log = new Log();
const turns = new Turns();
const wave = new Wave();
const home = new Home();
const redraw = drawHome(home);
const camera = new Camera(() => settings.chosen.camera);
const conversation = new Conversation({
  log,
  turns,
  settings,
  home,
  look: () => camera.now(),
  onframe: (url) => camera.show(url),
  onhome: redraw,
  onstate: showState,
  online: showLine,
  onplayed: ({ pcm, at }) => {
    wave.say(loudest(pcm));
    // For whoever wants to record what leaves the loudspeaker.
    dispatchEvent(new CustomEvent("hearth:played", { detail: { pcm, at } }));
  },
});
const microphone = new Microphone(({ pcm, at }) => {
  if (settings.chosen.mode === "open" || heldAt) {
    const loudness = loudest(pcm);
    wave.hear(loudness);
    talk.style.setProperty("--level", loudness.toFixed(2));
    conversation.hear(pcm);
    dispatchEvent(new CustomEvent("hearth:heard", { detail: { pcm, at } }));
  }
});

// --- the button

const talk = byId<HTMLButtonElement>("talk");
/** When the button was pressed that is still held, or 0. */
let heldAt = 0;
let state: State = "idle";

async function openMicrophone(): Promise<boolean> {
  const help = byId("help");
  help.hidden = true;
  try {
    if (!microphone.isOpen) await microphone.open(settings.chosen.microphone);
    await conversation.line.ready();
    return true;
  } catch (error) {
    help.textContent = microphoneHelp(error);
    help.hidden = false;
    return false;
  } finally {
    showButton();
  }
}

function closeMicrophone(): void {
  if (!microphone.isOpen) return;
  microphone.close();
  conversation.stopHearing();
  talk.style.setProperty("--level", "0");
  showButton();
}

talk.onclick = () => {
  if (settings.chosen.mode === "open") void (microphone.isOpen ? closeMicrophone() : openMicrophone());
};

async function press(): Promise<void> {
  if (settings.chosen.mode !== "hold" || heldAt) return;
  heldAt = performance.now();
  if (!(await openMicrophone())) heldAt = 0;
  // Who had to allow the microphone first has let go by now.
  if (heldAt) conversation.hold();
  showButton();
}

function letGo(): void {
  if (!heldAt) return;
  const held = performance.now() - heldAt;
  heldAt = 0;
  talk.style.setProperty("--level", "0");
  conversation.release(held < HOLD_MS_MIN);
  showButton();
}

const isPress = ({ key }: KeyboardEvent) => key === " " || key === "Enter";
talk.onpointerdown = () => void press();
talk.onkeydown = (event) => {
  if (isPress(event) && !event.repeat) void press();
};
talk.onkeyup = (event) => {
  if (isPress(event)) letGo();
};
talk.onblur = letGo;
addEventListener("pointerup", letGo);
addEventListener("pointercancel", letGo);

function showButton(): void {
  const isHold = settings.chosen.mode === "hold";
  const isOn = isHold ? heldAt > 0 : microphone.isOpen;
  talk.setAttribute("aria-pressed", String(isOn));
  talk.textContent = isHold ? "Hold to talk" : isOn ? "Stop" : "Talk";
  showHint();
}

function showHint(): void {
  const isOn = microphone.isOpen && settings.chosen.mode === "open";
  const hints: Record<State, string> = {
    idle: isOn ? "Listening. Just talk." : "Press, and say “turn on the kitchen light”.",
    listening: "Listening …",
    thinking: "Thinking …",
    speaking: isOn ? "Speaking. Talk to interrupt." : "Speaking.",
  };
  byId("hint").textContent = hints[state];
}

function showState(now: State): void {
  if (state === "listening" && now !== "listening") showStatistics();
  state = now;
  wave.state = now;
  talk.dataset.state = now;
  showHint();
  showStatistics();
}

function showLine(line: LineState, why: string): void {
  const status = byId("status");
  if (line === "open" && status.dataset.state !== line) void learn();
  status.dataset.state = line;
  if (status.textContent !== why) status.textContent = why;
}

// --- writing, pictures, sounds

let pictures: string[] = [];

byId<HTMLFormElement>("write").onsubmit = (event) => {
  event.preventDefault();
  const field = byId<HTMLInputElement>("text");
  const text = field.value.trim();
  if (!text && !pictures.length) return;
  field.value = "";
  const sent = pictures;
  pictures = [];
  showTray();
  void conversation.write(text, sent);
};

async function take(file: File): Promise<void> {
  try {
    if (file.type.startsWith("audio/")) return await writeDown(file);
    if (pictures.length >= PICTURES_MAX) throw new Error(`A message carries ${PICTURES_MAX} pictures at most.`);
    pictures.push(await shrunk(file));
    showTray();
    byId("text").focus();
  } catch (error) {
    log.remark(error instanceof Error ? error.message : String(error));
  }
}

async function writeDown(file: File): Promise<void> {
  const id = `file ${performance.now()}`;
  log.begin(id, "user");
  log.note(id, `what is said in ${file.name}`);
  try {
    const words = await transcribe(file, settings.key, (words) => log.say(id, "user", words));
    if (!words) log.say(id, "user", "(no words)");
  } catch (error) {
    log.drop(id);
    throw error;
  }
}

function showTray(): void {
  const tray = byId("tray");
  tray.hidden = !pictures.length;
  const shown = pictures.map((url, at) => {
    const away = make("button", { type: "button", "aria-label": `Take picture ${at + 1} away` }, "×");
    away.onclick = () => {
      pictures = pictures.filter((other) => other !== url);
      showTray();
    };
    return make("figure", {}, make("img", { src: url, alt: `Picture ${at + 1}` }), away);
  });
  tray.replaceChildren(...shown);
}

byId<HTMLInputElement>("file").onchange = ({ target }) => {
  const input = target as HTMLInputElement;
  for (const file of input.files ?? []) void take(file);
  input.value = "";
};

function takeAll(event: Event, given: DataTransfer | null): void {
  const files = [...(given?.files ?? [])].filter(({ type }) => /^(image|audio)\//.test(type));
  if (!files.length) return;
  event.preventDefault();
  for (const file of files) void take(file);
}

addEventListener("paste", (event) => takeAll(event, event.clipboardData));
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => takeAll(event, event.dataTransfer));

// --- settings, numbers, what the server can do

settings.onchange = (before) => {
  const { chosen } = settings;
  if (microphone.isOpen && (before.microphone !== chosen.microphone || before.mode !== chosen.mode)) closeMicrophone();
  if (before.mode !== chosen.mode) conversation.clear();
  // The voice of a conversation stays what it was; another one needs another line.
  if (before.voice && before.voice !== chosen.voice && conversation.line.state === "open") void conversation.reopen();
  else conversation.configure();
  showButton();
};

byId("reset").onclick = () => {
  settings.close();
  closeMicrophone();
  conversation.line.close();
  log.clear();
  turns.clear();
  showStatistics();
};

async function learn(): Promise<void> {
  const { voices, sees } = await abilities(settings.key);
  settings.offerVoices(voices);
  conversation.sees = sees;
  byId("sight").textContent = sees
    ? "It looks at what you show when you begin to speak or send a message."
    : "This server keeps pictures, but its models cannot see yet: do not expect an answer about them.";
}

function showStatistics(): void {
  const { counts, line } = conversation;
  const median = turns.median();
  const rows: [string, string][] = [
    ["turns answered", String(turns.all.length)],
    ["until you hear it, median", median === null ? "–" : ms(median)],
    ["tools used", String(counts.tools)],
    ["interruptions", String(counts.interruptions)],
    ["tokens read, written", `${counts.tokensIn}, ${counts.tokensOut}`],
    ["sent, received", `${kilobytes(line.sentBytes)}, ${kilobytes(line.receivedBytes)}`],
    ["broken lines", String(line.losses)],
  ];
  byId("statistics").replaceChildren(...rows.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
}

function kilobytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

setInterval(() => home.timers.length && redraw(), 1000);
redraw();
showButton();
showStatistics();
void learn();
