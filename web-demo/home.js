// A little home to look after: its tools in the OpenAI function schema, what they do, and its picture.

const ROOMS = ["kitchen", "living room", "bedroom", "bathroom"];
const room = { type: "string", enum: ROOMS, description: "The room" };

const schema = (name, description, properties) => ({
  type: "function",
  name,
  description,
  parameters: { type: "object", properties, required: Object.keys(properties) },
});

export const tools = [
  schema("set_light", "Turn the light of a room on or off", { room, on: { type: "boolean", description: "On or off" } }),
  schema("set_blind", "Open or close the blind of a room", { room, open: { type: "boolean", description: "Open or closed" } }),
  schema("set_temperature", "Set the temperature of the home", {
    degrees: { type: "number", description: "Degrees Celsius" },
  }),
];

const home = {
  lights: new Map(ROOMS.map((name) => [name, false])),
  blinds: new Map(ROOMS.map((name) => [name, true])),
  degrees: 20,
};

const deeds = {
  set_light: ({ room, on }) => inRoom(home.lights, room, on, `the ${room} light is ${on ? "on" : "off"}`),
  set_blind: ({ room, open }) => inRoom(home.blinds, room, open, `the ${room} blind is ${open ? "open" : "closed"}`),
  set_temperature: ({ degrees }) => {
    if (!(degrees >= 5 && degrees <= 30)) throw new Error("the heating goes from 5 to 30 degrees");
    home.degrees = degrees;
    return `${degrees} degrees`;
  },
};

function inRoom(things, room, value, said) {
  if (!things.has(room)) throw new Error(`there is no ${room} here`);
  things.set(room, Boolean(value));
  return said;
}

// Carries out a call as the model wrote it; what went wrong is told to the model, not thrown.
export function useTool(name, written) {
  try {
    const said = deeds[name](JSON.parse(written));
    redraw();
    return { said, output: { ok: true } };
  } catch (error) {
    const reason = deeds[name] ? error.message : `there is no tool ${name}`;
    return { said: reason, output: { ok: false, error: reason } };
  }
}

let plan = null;

export function drawHome(place) {
  plan = place;
  redraw();
}

function redraw() {
  const lit = [...home.lights].filter(([, on]) => on).map(([name]) => name);
  const label = `Home at ${home.degrees} degrees, light on in: ${lit.join(", ") || "no room"}`;
  plan.innerHTML = `<svg viewBox="0 0 300 196" role="img" aria-label="${label}">
    ${ROOMS.map(drawRoom).join("")}
    <text x="150" y="190" text-anchor="middle">heating ${home.degrees} °C</text></svg>`;
}

function drawRoom(name, index) {
  const [x, y] = [4 + (index % 2) * 146, 4 + Math.floor(index / 2) * 86];
  const shade = home.blinds.get(name) ? 4 : 34;
  return `<g transform="translate(${x} ${y})">
    <rect class="room ${home.lights.get(name) ? "lit" : ""}" width="146" height="86"/><circle class="lamp" cx="73" cy="26" r="11"/>
    <path class="wall" d="M0 0h146v86H0zM73 0v15"/>
    <rect class="wall" x="104" y="30" width="30" height="34"/><rect class="blind" x="104" y="30" width="30" height="${shade}"/>
    <text x="8" y="78">${name}</text></g>`;
}
