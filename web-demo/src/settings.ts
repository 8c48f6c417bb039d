// What the person chose, kept in this browser; and the dialog to choose it in.

import { byId, make } from "./dom";
import { TOOLS } from "./home";

export type Mode = "open" | "hold";

interface Choices {
  mode: Mode;
  voice: string;
  speed: number;
  instructions: string;
  /** Names of tools that may not be used. */
  withheld: string[];
  microphone: string;
  camera: string;
}

const DEFAULTS: Choices = {
  mode: "open",
  voice: "",
  speed: 1,
  instructions: "You are Hearth, a friendly voice assistant of a home. Answer in one short sentence.",
  withheld: [],
  microphone: "",
  camera: "",
};
const PLACE = "hearth.settings";

export class Settings {
  readonly chosen: Choices = { ...DEFAULTS, ...kept() };
  /** Called when the dialog is closed, or the mode changed. */
  onchange: (before: Choices) => void = () => {};
  /** Not kept beyond this window: it is a secret. */
  key = new URLSearchParams(location.search).get("key") ?? sessionStorage.getItem("hearth.key") ?? "";
  private readonly dialog = byId<HTMLDialogElement>("settings");
  private before: Choices = this.chosen;

  constructor() {
    byId("open-settings").onclick = () => void this.open();
    this.dialog.onclose = () => this.take();
    byId<HTMLInputElement>("speed").oninput = ({ target }) => {
      byId("speed-said").textContent = (target as HTMLInputElement).value;
    };
    for (const radio of document.querySelectorAll<HTMLInputElement>("input[name=mode]")) {
      radio.checked = radio.value === this.chosen.mode;
      radio.onchange = () => this.change(() => (this.chosen.mode = radio.value as Mode));
    }
  }

  /** As the protocol wants it. */
  toSession(): object {
    const { mode, voice, speed, instructions, withheld } = this.chosen;
    return {
      type: "realtime",
      instructions,
      tools: TOOLS.filter(({ name }) => !withheld.includes(name)).map(({ schema }) => schema),
      audio: {
        input: { transcription: { model: "pocket" }, turn_detection: mode === "open" ? { type: "server_vad" } : null },
        output: voice ? { voice, speed } : { speed },
      },
    };
  }

  /** Fills the list of voices, when the server told them. */
  offerVoices(voices: string[]): void {
    fill("voice", voices.length ? voices.map((name) => [name, name]) : [["", "the server's own"]], this.chosen.voice);
  }

  close(): void {
    this.dialog.close();
  }

  private async open(): Promise<void> {
    this.before = { ...this.chosen };
    byId<HTMLInputElement>("speed").value = String(this.chosen.speed);
    byId("speed-said").textContent = String(this.chosen.speed);
    byId<HTMLTextAreaElement>("instructions").value = this.chosen.instructions;
    byId<HTMLInputElement>("key").value = this.key;
    const boxes = TOOLS.map(({ name, title }) => {
      const box = make("input", { type: "checkbox", value: name });
      box.checked = !this.chosen.withheld.includes(name);
      return make("label", {}, box, ` ${title}`);
    });
    byId("tools").replaceChildren(...boxes);
    this.dialog.showModal();
    await this.offerDevices();
  }

  private async offerDevices(): Promise<void> {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    const named = (kind: string): [string, string][] => [
      ["", "the browser's choice"],
      ...devices
        .filter((device) => device.kind === kind && device.deviceId)
        .map(({ deviceId, label }): [string, string] => [deviceId, label || "unnamed until you allow it"]),
    ];
    fill("microphones", named("audioinput"), this.chosen.microphone);
    fill("cameras", named("videoinput"), this.chosen.camera);
  }

  /** Takes over what the dialog says. */
  private take(): void {
    this.key = byId<HTMLInputElement>("key").value.trim();
    sessionStorage.setItem("hearth.key", this.key);
    const boxes = [...byId("tools").querySelectorAll<HTMLInputElement>("input")];
    this.change(() => {
      this.chosen.voice = byId<HTMLSelectElement>("voice").value;
      this.chosen.speed = Number(byId<HTMLInputElement>("speed").value);
      this.chosen.instructions = byId<HTMLTextAreaElement>("instructions").value.trim() || DEFAULTS.instructions;
      this.chosen.withheld = boxes.filter((box) => !box.checked).map((box) => box.value);
      this.chosen.microphone = byId<HTMLSelectElement>("microphones").value;
      this.chosen.camera = byId<HTMLSelectElement>("cameras").value;
    }, this.before);
  }

  private change(act: () => void, before: Choices = { ...this.chosen }): void {
    act();
    localStorage.setItem(PLACE, JSON.stringify(this.chosen));
    this.onchange(before);
  }
}

function kept(): Partial<Choices> {
  try {
    return JSON.parse(localStorage.getItem(PLACE) ?? "{}") as Partial<Choices>;
  } catch {
    return {};
  }
}

function fill(id: string, options: [string, string][], chosen: string): void {
  byId<HTMLSelectElement>(id).replaceChildren(...options.map(([value, text]) => make("option", { value }, text)));
  byId<HTMLSelectElement>(id).value = options.some(([value]) => value === chosen) ? chosen : (options[0]?.[0] ?? "");
}
