// The picture of the home: drawn once, then changed where the home changes.

import { byId, make } from "./dom";
import { type Door, type Home, ROOMS, type Room } from "./home";

const WIDTH = 150;
const HEIGHT = 92;

const PICTURE = `<svg viewBox="0 0 308 232" role="img" aria-label="The home: four rooms, two doors">
  ${ROOMS.map(room).join("")}
  <g class="door" data-door="front door" transform="translate(8 196)">${door("front door")}</g>
  <g class="door" data-door="back door" transform="translate(86 196)">${door("back door")}</g>
  <g class="dial" transform="translate(184 210)"><circle r="14"/><text id="degrees" y="4" text-anchor="middle"></text></g>
  <g id="player" transform="translate(216 200)"><path class="note" d="M6 14V2l10-2v12"/><ellipse cx="3" cy="14" rx="3.5" ry="2.6"/><ellipse cx="13" cy="12" rx="3.5" ry="2.6"/><text id="music" x="22" y="14"></text></g>
</svg>`;

function room(name: Room, index: number): string {
  const [x, y] = [4 + (index % 2) * WIDTH, 4 + Math.floor(index / 2) * HEIGHT];
  return `<g class="room" data-room="${name}" transform="translate(${x} ${y})">
    <rect class="floor" width="${WIDTH}" height="${HEIGHT}"/>
    <circle class="shine" cx="60" cy="30" r="30"/><path class="wall" d="M60 0v16"/><path class="lamp" d="M48 30a12 14 0 0 1 24 0z"/>
    <rect class="sky" x="104" y="22" width="34" height="40"/><rect class="blind" x="104" y="22" width="34" height="40"/>
    <path class="wall" d="M104 22h34v40h-34zM0 0h${WIDTH}v${HEIGHT}H0z"/>${furniture(name)}
    <text x="8" y="${HEIGHT - 6}">${name}</text></g>`;
}

function furniture(name: Room): string {
  const shapes: Record<Room, string> = {
    kitchen: "M10 74V56h30v18M10 62h30M16 56v-4h8v4",
    "living room": "M10 74V60h6v6h30v-6h6v14z",
    bedroom: "M8 74V54M8 68h44v6M12 68v-6h12v6",
    bathroom: "M10 62h40q0 12-8 12H18q-8 0-8-12zM14 62v-9q0-4 5-4",
  };
  return `<path class="thing" d="${shapes[name]}"/>`;
}

function door(name: Door): string {
  return `<path class="shackle" d="M5 13V8a5 5 0 0 1 10 0v5"/><rect class="padlock" y="12" width="20" height="15" rx="2"/>
    <text x="25" y="18">${name.split(" ")[0]}</text><text class="state" x="25" y="29"></text>`;
}

/** Draws the home into `#plan`, and returns what brings the picture up to date. */
export function drawHome(home: Home): () => void {
  const plan = byId("plan");
  plan.innerHTML = PICTURE;
  const all = (selector: string) => [...plan.querySelectorAll<SVGGElement>(selector)];
  return () => {
    for (const group of all(".room")) {
      const room = group.dataset.room as Room;
      group.classList.toggle("lit", home.lights.get(room) === true);
      group.classList.toggle("closed", home.blinds.get(room) === false);
    }
    for (const group of all(".door")) {
      const locked = home.locks.get(group.dataset.door as Door) !== false;
      group.classList.toggle("unlocked", !locked);
      set(group.querySelector(".state"), locked ? "locked" : "open");
    }
    set(plan.querySelector("#degrees"), `${home.degrees}°`);
    plan.querySelector("#player")?.classList.toggle("playing", home.music !== "");
    set(plan.querySelector("#music"), home.music ? shortened(home.music) : "no music");
    tell(home);
  };
}

/** The timers run in the list below the picture, which tells everything in words, too. */
function tell(home: Home): void {
  const now = Date.now();
  const timers = home.current(now).map(({ name, endsAt }) => {
    const left = endsAt - now;
    return make(
      "li",
      { class: left > 0 ? "timer" : "timer rings" },
      `⏲ ${name || "timer"} ${left > 0 ? clock(left) : "is over"}`,
    );
  });
  const told = home.told().map((line) => make("li", { class: "unseen" }, line));
  byId("things").replaceChildren(...timers, ...told);
}

function set(element: Element | null, text: string): void {
  if (element) element.textContent = text;
}

function shortened(text: string): string {
  return text.length > 11 ? `${text.slice(0, 10)}…` : text;
}

function clock(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, at) => String(part).padStart(at ? 2 : 1, "0")).join(":");
}
