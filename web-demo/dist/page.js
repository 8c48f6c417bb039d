function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
function announce(text) {
  byId("announce").textContent = text;
}
const SECURE = "Browsers give it only to pages from this machine or over https: open this page as http://127.0.0.1 on the machine that serves it.";
function microphoneHelp(error) {
  switch (nameOf(error)) {
    case "NotAllowedError":
    case "SecurityError":
      return "The browser does not let this page hear you. Press the sign beside the address, allow the microphone, and press Talk again. Writing works all the same.";
    case "NotFoundError":
    case "OverconstrainedError":
      return "There is no microphone here. Plug one in and press Talk again, or write instead.";
    case "NotReadableError":
      return "The microphone is there but does not answer; perhaps another program holds it. Close that and press Talk again, or write instead.";
    case "InsecureContext":
      return `This page may not use a microphone. ${SECURE} Writing works all the same.`;
    default:
      return `The microphone does not work: ${messageOf(error)}. Writing works all the same.`;
  }
}
function cameraHelp(error) {
  switch (nameOf(error)) {
    case "NotAllowedError":
    case "SecurityError":
      return "The browser does not let this page see you. Press the sign beside the address, allow the camera, and try again. Everything else works without it.";
    case "NotFoundError":
    case "OverconstrainedError":
      return "There is no camera here. Plug one in and try again, or add a picture to a message instead.";
    case "NotReadableError":
      return "The camera is there but does not answer; perhaps another program holds it. Close that and try again.";
    case "InsecureContext":
      return `This page may not use a camera. ${SECURE}`;
    default:
      return `The camera does not work: ${messageOf(error)}.`;
  }
}
function nameOf(error) {
  return error instanceof DOMException ? error.name : "";
}
function messageOf(error) {
  return error instanceof Error && error.message ? error.message : String(error);
}
const SIDE_MAX = 768;
const QUALITY = 0.8;
async function shrunk(file) {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error("This picture cannot be read. JPEG, PNG and WebP can.");
  });
  const url = drawn(bitmap, bitmap.width, bitmap.height);
  bitmap.close();
  return url;
}
function frame(video) {
  return drawn(video, video.videoWidth, video.videoHeight);
}
function drawn(picture, width, height) {
  const scale = Math.min(1, SIDE_MAX / Math.max(width, height, 1));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", QUALITY);
}
function pictureItem(id, url, text = "") {
  const words2 = text ? [{ type: "input_text", text }] : [];
  const content = [...words2, { type: "input_image", image_url: url }];
  return { item: { id, type: "message", role: "user", content } };
}
const FRAMES_SHOWN_MAX = 6;
const APART_MS_MIN = 2e3;
class Camera {
  /** `device` names the camera that is wanted, or is empty. */
  constructor(device) {
    this.device = device;
    this.button.onclick = () => void (this.stream ? this.close() : this.open());
  }
  stream = null;
  video = byId("preview");
  button = byId("camera-switch");
  sent = 0;
  sentAt = Number.NEGATIVE_INFINITY;
  /** The frame of this moment, if the camera is on and none went out just now. */
  now() {
    const early = performance.now() - this.sentAt < APART_MS_MIN;
    if (!this.stream || early || !this.video.videoWidth) return null;
    this.sentAt = performance.now();
    return frame(this.video);
  }
  /** Shows that a frame went out. */
  show(url) {
    this.sent++;
    const frames = byId("frames");
    const time = (/* @__PURE__ */ new Date()).toLocaleTimeString();
    frames.prepend(make("li", {}, make("img", { src: url, alt: `Frame sent at ${time}` })));
    while (frames.childElementCount > FRAMES_SHOWN_MAX) frames.lastElementChild?.remove();
    byId("frames-name").textContent = `Sent: ${this.sent} ${this.sent === 1 ? "picture" : "pictures"}, the last at ${time}.`;
  }
  async open() {
    const help = byId("camera-help");
    help.hidden = true;
    try {
      if (!navigator.mediaDevices) throw new DOMException("", "InsecureContext");
      const device = this.device();
      const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
      const video = device ? { ...size, deviceId: { ideal: device } } : size;
      this.stream = await navigator.mediaDevices.getUserMedia({ video });
      this.video.srcObject = this.stream;
      await this.video.play();
    } catch (error) {
      this.close();
      help.textContent = cameraHelp(error);
      help.hidden = false;
      return;
    }
    this.tell(true);
  }
  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
    this.tell(false);
  }
  tell(isOn) {
    byId("camera-view").hidden = !isOn;
    this.button.setAttribute("aria-pressed", String(isOn));
    this.button.textContent = isOn ? "Turn the camera off" : "Turn the camera on";
  }
}
const ROOMS = ["kitchen", "living room", "bedroom", "bathroom"];
const DOORS = ["front door", "back door"];
const TIMERS_MAX = 5;
const RINGS_MS = 6e4;
const DEGREES = { least: 5, most: 30 };
class Home {
  lights = new Map(ROOMS.map((room2) => [room2, false]));
  blinds = new Map(ROOMS.map((room2) => [room2, true]));
  locks = new Map(DOORS.map((door2) => [door2, true]));
  degrees = 20;
  music = "";
  timers = [];
  /** Timers that run or still ring. */
  current(now) {
    this.timers = this.timers.filter(({ endsAt }) => now < endsAt + RINGS_MS);
    return this.timers;
  }
  /** Everything in words, for who cannot see the picture. */
  told() {
    const lit = ROOMS.filter((room2) => this.lights.get(room2));
    const closed = ROOMS.filter((room2) => !this.blinds.get(room2));
    const open2 = DOORS.filter((door2) => !this.locks.get(door2));
    return [
      `Lights on: ${lit.join(", ") || "none"}`,
      `Blinds closed: ${closed.join(", ") || "none"}`,
      `Unlocked: ${open2.join(", ") || "no door"}`,
      `Heating: ${this.degrees} °C`,
      `Music: ${this.music || "off"}`
    ];
  }
}
const oneOf = (values) => ({ type: "string", enum: values });
const YES_NO = { type: "boolean" };
const WORDS = { type: "string" };
function tool(name, title, description, properties, use2, optional = []) {
  const required = Object.keys(properties).filter((key) => !optional.includes(key));
  const parameters = { type: "object", properties, required };
  return { name, title, schema: { type: "function", name, description, parameters }, use: use2 };
}
const TOOLS = [
  tool(
    "set_light",
    "Lights",
    "Turn the light of a room on or off",
    { room: oneOf(ROOMS), on: YES_NO },
    (home2, { room: room2, on }) => {
      home2.lights.set(known(ROOMS, room2), truth(on));
      return `The ${room2} light is ${on ? "on" : "off"}`;
    }
  ),
  tool(
    "move_blinds",
    "Blinds",
    "Open or close the blinds of a room",
    { room: oneOf(ROOMS), open: YES_NO },
    (home2, { room: room2, open: open2 }) => {
      home2.blinds.set(known(ROOMS, room2), truth(open2));
      return `The ${room2} blinds are ${open2 ? "open" : "closed"}`;
    }
  ),
  tool(
    "set_temperature",
    "Heating",
    "Set the temperature of the home in degrees",
    { degrees: { type: "number" } },
    (home2, { degrees }) => {
      home2.degrees = between(degrees, DEGREES.least, DEGREES.most, "degrees");
      return `The heating is set to ${home2.degrees} °C`;
    }
  ),
  tool(
    "set_lock",
    "Doors",
    "Lock or unlock a door",
    { door: oneOf(DOORS), locked: YES_NO },
    (home2, { door: door2, locked }) => {
      home2.locks.set(known(DOORS, door2), truth(locked));
      return `The ${door2} is ${locked ? "locked" : "unlocked"}`;
    }
  ),
  tool(
    "set_timer",
    "Timers",
    "Start a timer",
    { duration: { ...WORDS, description: "like 10 minutes" }, name: WORDS },
    (home2, { duration, name }) => {
      if (home2.current(Date.now()).length >= TIMERS_MAX) throw new Error(`there are ${TIMERS_MAX} timers already`);
      const span = words(duration, "duration");
      const label = typeof name === "string" ? name.slice(0, 30) : "";
      home2.timers.push({ name: label, endsAt: Date.now() + milliseconds(span) });
      return `A ${label ? `${label} ` : ""}timer runs for ${span}`;
    },
    ["name"]
  ),
  tool("play_music", "Music", "Play music or radio", { query: WORDS }, (home2, { query }) => {
    home2.music = words(query, "query");
    return `${home2.music} is playing`;
  }),
  tool(
    "control_music",
    "Player",
    "Pause, resume or stop the music",
    { action: oneOf(["pause", "resume", "stop"]) },
    (home2, { action }) => {
      const wanted = known(["pause", "resume", "stop"], action);
      if (wanted === "resume") home2.music ||= "music";
      else home2.music = "";
      return wanted === "resume" ? `${home2.music} is playing` : "The music is off";
    }
  )
];
function use(home2, name, written) {
  const found = TOOLS.find((tool2) => tool2.name === name);
  if (!found) return { said: `There is no tool ${name}`, worked: false };
  try {
    return { said: found.use(home2, JSON.parse(written)), worked: true };
  } catch (error) {
    return { said: error instanceof Error ? error.message : String(error), worked: false };
  }
}
function known(values, given) {
  const found = values.find((value) => value === given);
  if (found === void 0) throw new Error(`there is no ${String(given)} here, only: ${values.join(", ")}`);
  return found;
}
function truth(given) {
  if (typeof given !== "boolean") throw new Error(`${String(given)} is neither true nor false`);
  return given;
}
function words(given, what) {
  if (typeof given !== "string" || !given.trim()) throw new Error(`the ${what} is missing`);
  return given.trim().slice(0, 60);
}
function between(given, least, most, unit) {
  if (typeof given === "number" && given >= least && given <= most) return given;
  throw new Error(`it goes from ${least} to ${most} ${unit}`);
}
const UNITS = { second: 1e3, minute: 6e4, hour: 36e5 };
function milliseconds(span) {
  let sum = 0;
  for (const [, count, unit] of span.matchAll(/(\d+(?:\.\d+)?)\s*(second|minute|hour)/g))
    sum += Number(count) * (UNITS[unit ?? ""] ?? 0);
  if (sum <= 0 || sum > 24 * 36e5) throw new Error(`"${span}" is no time like 10 minutes`);
  return sum;
}
function dispatch(text, listeners) {
  const event = JSON.parse(text);
  listeners[event.type]?.(event);
}
const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 8e3;
const WAITING_BYTES_MAX = 128 * 1024;
const SENDABLE = /^[\w!#$%&'*+.^`|~-]+$/;
class Line {
  constructor(key, listeners) {
    this.key = key;
    this.listeners = listeners;
  }
  /** Set by whoever wants to know. `why` is a sentence for the person. */
  onstate = () => {
  };
  /** Called when the line is open, before anything else is said on it. */
  onopen = () => {
  };
  state = "closed";
  sentBytes = 0;
  receivedBytes = 0;
  /** How often the line broke. */
  losses = 0;
  socket = null;
  retryMs = RETRY_MS_MIN;
  retry = 0;
  waiting = [];
  /** Resolves when the line is open; opens it if nobody did. */
  async ready() {
    if (this.state === "open") return;
    if (this.state === "closed") this.connect();
    await new Promise((resolve) => this.waiting.push(resolve));
  }
  /** Sends an event, if the line is open. */
  send(type, fields = {}) {
    if (this.state !== "open" || !this.socket) return false;
    const text = JSON.stringify({ type, ...fields });
    this.socket.send(text);
    this.sentBytes += text.length;
    return true;
  }
  /** Sends sound, unless the network does not keep up. */
  sendSound(pcm) {
    if ((this.socket?.bufferedAmount ?? 0) > WAITING_BYTES_MAX) return false;
    return this.send("input_audio_buffer.append", { audio: toBase64(pcm) });
  }
  /** Hangs up; the line stays closed until it is wanted again. */
  close() {
    clearTimeout(this.retry);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.change("closed", "Ready when you are.");
  }
  connect() {
    if (this.state === "closed") this.change("connecting", "Connecting …");
    const url = new URL("v1/realtime?model=pocket", location.href.replace(/^http/, "ws"));
    const key = this.key();
    const socket = new WebSocket(
      url,
      SENDABLE.test(key) ? ["realtime", `openai-insecure-api-key.${key}`] : ["realtime"]
    );
    this.socket = socket;
    socket.onopen = () => {
      this.retryMs = RETRY_MS_MIN;
      this.change("open", "Connected.");
      this.onopen();
      for (const go of this.waiting.splice(0)) go();
    };
    socket.onmessage = ({ data }) => {
      this.receivedBytes += data.length;
      dispatch(data, this.listeners);
    };
    socket.onclose = () => {
      if (this.socket === socket) void this.lose();
    };
  }
  async lose() {
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
  change(state2, why) {
    this.state = state2;
    this.onstate(state2, why);
  }
}
async function whyNot(key) {
  if (key && !SENDABLE.test(key)) return "Browsers cannot send a key with such letters: start the server with another.";
  try {
    const answer = await fetch("v1/models", { headers: key ? { authorization: `Bearer ${key}` } : {} });
    if (answer.status === 401) return "This server wants a key: put it into the settings.";
    return "The line to the server broke. Trying again …";
  } catch {
    return "The server does not answer. Trying again …";
  }
}
function toBase64(pcm) {
  const bytes = new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
function fromBase64(text) {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  return new Int16Array(bytes.buffer, 0, bytes.length >> 1);
}
const tapAddress = "" + new URL("tap.js", import.meta.url).href;
const RATE = 24e3;
let context = null;
let tapReady = null;
async function sound() {
  context ??= new AudioContext({ sampleRate: RATE });
  tapReady ??= context.audioWorklet.addModule(tapAddress);
  await Promise.all([tapReady, context.resume()]);
  return context;
}
function tap(context2, onpassed) {
  const node = new AudioWorkletNode(context2, "tap", {
    channelCount: 1,
    channelCountMode: "explicit",
    outputChannelCount: [1]
  });
  node.port.onmessage = ({ data }) => onpassed(data);
  return node;
}
function loudest(pcm) {
  let most = 0;
  for (const sample of pcm) most = Math.max(most, Math.abs(sample));
  return most / 32768;
}
class Microphone {
  constructor(onheard) {
    this.onheard = onheard;
  }
  stream = null;
  nodes = [];
  get isOpen() {
    return this.stream !== null;
  }
  /** Asks the person for the microphone; `device` may be empty. */
  async open(device) {
    if (!navigator.mediaDevices) throw new DOMException("", "InsecureContext");
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
    const wanted = device ? { ...audio, deviceId: { ideal: device } } : audio;
    const [context2, stream2] = await Promise.all([sound(), navigator.mediaDevices.getUserMedia({ audio: wanted })]);
    this.close();
    const source = context2.createMediaStreamSource(stream2);
    const heard = tap(context2, this.onheard);
    const nowhere = new GainNode(context2, { gain: 0 });
    source.connect(heard).connect(nowhere).connect(context2.destination);
    this.nodes = [source, heard, nowhere];
    this.stream = stream2;
  }
  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    for (const node of this.nodes) node.disconnect();
    this.nodes = [];
    this.stream = null;
  }
}
class Speaker {
  constructor(onplayed) {
    this.onplayed = onplayed;
  }
  /** Called when the last of what was to be said is over. */
  onquiet = () => {
  };
  pieces = [];
  until = 0;
  out = null;
  /** Seconds of each item that are over. */
  over = /* @__PURE__ */ new Map();
  get isPlaying() {
    return this.pieces.length > 0;
  }
  /** Plays after what is already waiting. When its first sample is heard, on the clock of `performance`, in ms. */
  play(item, pcm) {
    if (!context || !pcm.length) return performance.now();
    this.out ??= this.openOutput(context);
    const buffer = context.createBuffer(1, pcm.length, RATE);
    buffer.copyToChannel(
      Float32Array.from(pcm, (sample) => sample / 32768),
      0
    );
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(this.out);
    const at = Math.max(this.until, context.currentTime + 0.03);
    source.start(at);
    this.until = at + buffer.duration;
    const piece = { source, item, at, seconds: buffer.duration };
    this.pieces.push(piece);
    source.onended = () => this.end(piece);
    return performance.now() + (at - context.currentTime + context.outputLatency) * 1e3;
  }
  /** Silence at once. Tells how much of what was cut had been heard, in ms by item. */
  stop() {
    const cut2 = /* @__PURE__ */ new Map();
    const now = context ? context.currentTime - context.outputLatency : 0;
    for (const { source, item, at, seconds } of this.pieces) {
      source.onended = null;
      source.stop();
      const before = cut2.get(item) ?? (this.over.get(item) ?? 0) * 1e3;
      cut2.set(item, before + Math.min(Math.max(now - at, 0), seconds) * 1e3);
    }
    this.pieces = [];
    this.over.clear();
    this.until = 0;
    return cut2;
  }
  end(piece) {
    this.pieces = this.pieces.filter((other) => other !== piece);
    this.over.set(piece.item, (this.over.get(piece.item) ?? 0) + piece.seconds);
    if (this.pieces.length) return;
    this.over = new Map([...this.over].slice(-8));
    this.onquiet();
  }
  openOutput(context2) {
    const out = tap(context2, this.onplayed);
    out.connect(context2.destination);
    return out;
  }
}
const CALLS_IN_A_ROW_MAX = 4;
const CHUNK_MS = 20;
const CHUNKS_KEPT_MAX = 120 * 1e3 / CHUNK_MS;
const SILENCE = new Int16Array(24e3);
class Conversation {
  constructor(page) {
    this.page = page;
    this.speaker = new Speaker((passed) => page.onplayed(passed));
    this.speaker.onquiet = () => this.changed();
    this.line = new Line(() => page.settings.key, this.listeners());
    this.line.onopen = () => this.begin();
    this.line.onstate = (state2, why) => {
      if (state2 !== "open") this.fallSilent();
      page.online(state2, why);
    };
  }
  counts = { tools: 0, interruptions: 0, tokensIn: 0, tokensOut: 0 };
  line;
  speaker;
  isHearing = false;
  isAnswering = false;
  calls = [];
  callsInARow = 0;
  /** Items of the answer in the making. */
  items = /* @__PURE__ */ new Set();
  /** Items that were cut: more sound of them is not played. */
  cut = /* @__PURE__ */ new Set();
  names = 0;
  /** When each chunk of sound was sent, after the first `forgotten` ones. */
  sentAt = [];
  forgotten = 0;
  early = [];
  /** The silence that ends a turn; it belongs to the turn, but nobody speaks in it. */
  silenceMs = 0;
  // --- what the person does
  /** Sound from the microphone. */
  hear(pcm) {
    if (this.line.state === "connecting") this.early = [...this.early, pcm].slice(-250);
    if (!this.line.sendSound(pcm)) return;
    this.sentAt.push(performance.now());
    if (this.sentAt.length <= CHUNKS_KEPT_MAX) return;
    this.sentAt.shift();
    this.forgotten++;
  }
  /** The microphone closed; a turn that was open ends as if the person fell silent. */
  stopHearing() {
    if (this.isHearing) this.line.sendSound(SILENCE);
  }
  /** The person holds the button: the floor is theirs. */
  hold() {
    this.takeFloor();
    this.isHearing = true;
    this.sendFrame();
    this.changed();
  }
  /** The person lets go; what they said is over. */
  release(isTooShort) {
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
  async write(text, pictures2) {
    await sound().catch((error) => this.page.log.remark(`There is no sound here: ${String(error)}`));
    await this.line.ready();
    this.takeFloor();
    this.sendFrame();
    const names = pictures2.map((url) => this.sendPicture(url));
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
  configure() {
    this.line.send("session.update", { session: this.page.settings.toSession() });
  }
  /** Forgets the beginning of a turn that nobody will end. */
  clear() {
    this.line.send("input_audio_buffer.clear");
  }
  /** A new line for the same conversation. */
  async reopen() {
    this.line.close();
    await this.line.ready();
  }
  // --- what the server says
  listeners() {
    const { log: log2, turns: turns2 } = this.page;
    return {
      "session.updated": ({ session }) => {
        this.silenceMs = session.audio?.input?.turn_detection?.silence_duration_ms ?? 0;
      },
      "session.created": ({ session }) => this.page.online("open", `Connected to ${session.model ?? "the server"}.`),
      "input_audio_buffer.speech_started": () => this.hearBegin(),
      "input_audio_buffer.speech_stopped": ({ audio_end_ms }) => this.hearEnd(audio_end_ms),
      "conversation.item.added": ({ item }) => this.add(item),
      "conversation.item.input_audio_transcription.delta": ({ item_id, delta }) => log2.grow(item_id, "user", delta),
      "conversation.item.input_audio_transcription.completed": ({ item_id, transcript }) => log2.say(item_id, "user", transcript || "(nothing understood)"),
      "conversation.item.input_audio_transcription.failed": ({ item_id }) => log2.say(item_id, "user", "(could not be written down)"),
      "response.created": () => this.answer(),
      "response.output_audio_transcript.delta": ({ item_id, delta }) => this.tell(item_id, delta),
      "response.output_text.delta": ({ item_id, delta }) => this.tell(item_id, delta),
      "response.function_call_arguments.delta": () => turns2.mark("firstWord"),
      "response.output_audio.delta": ({ item_id, delta }) => this.play(item_id, fromBase64(delta)),
      "response.function_call_arguments.done": (call) => this.calls.push(call),
      "response.done": ({ response }) => this.finish(response),
      "conversation.item.truncated": ({ item_id }) => this.line.send("conversation.item.retrieve", { item_id }),
      "conversation.item.retrieved": ({ item }) => log2.strikeUnheard(item.id, item.content?.[0]?.transcript ?? ""),
      error: ({ error }) => {
        if (error.code !== "response_cancel_not_active") log2.remark(error.message);
      }
    };
  }
  hearBegin() {
    this.isHearing = true;
    this.stopSound();
    this.sendFrame();
    this.changed();
  }
  hearEnd(endMs) {
    this.isHearing = false;
    const sentAt = this.sentAt[Math.floor((endMs - this.silenceMs) / CHUNK_MS) - this.forgotten];
    this.page.turns.begin("spoken", Math.min(sentAt ?? Number.POSITIVE_INFINITY, performance.now()));
    this.page.turns.mark("sure");
    this.callsInARow = 0;
    this.changed();
  }
  add(item) {
    if (item.type !== "message" || !item.role || item.role === "system" || this.isOurs(item.id)) return;
    if (item.role === "assistant") this.items.add(item.id);
    this.page.log.begin(item.id, item.role);
  }
  answer() {
    this.isAnswering = true;
    this.calls = [];
    this.items.clear();
    this.changed();
  }
  tell(item, delta) {
    this.page.turns.mark("firstWord");
    this.page.log.grow(item, "assistant", delta);
  }
  play(item, pcm) {
    if (this.cut.has(item)) return;
    const { turns: turns2 } = this.page;
    turns2.mark("firstSound");
    turns2.mark("heard", this.speaker.play(item, pcm));
    turns2.close();
    this.changed();
  }
  finish(answer) {
    this.isAnswering = false;
    for (const item of this.items) this.page.log.drop(item);
    this.counts.tokensIn += answer.usage?.input_tokens ?? 0;
    this.counts.tokensOut += answer.usage?.output_tokens ?? 0;
    if (answer.status === "failed") {
      this.page.log.remark(
        `This could not be answered: ${answer.status_details?.error?.message ?? "the server does not say why"}`
      );
    }
    if (answer.status === "completed" && this.calls.length) this.useTools();
    this.changed();
  }
  useTools() {
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
  ask() {
    this.isAnswering = this.line.send("response.create");
  }
  /** Writing and the button take the floor at once; a voice is noticed by the server. */
  takeFloor() {
    this.stopSound();
    this.callsInARow = 0;
    if (this.isAnswering) this.line.send("response.cancel");
  }
  /** Silence at once; the server is told how much of the answer was heard. */
  stopSound() {
    const cut2 = this.speaker.stop();
    if (cut2.size) this.counts.interruptions++;
    for (const [item_id, heardMs] of cut2) {
      this.cut.add(item_id);
      const audio_end_ms = Math.floor(heardMs);
      this.line.send("conversation.item.truncate", { item_id, content_index: 0, audio_end_ms });
    }
  }
  fallSilent() {
    this.speaker.stop();
    this.isAnswering = false;
    this.isHearing = false;
    for (const item of this.items) this.page.log.drop(item);
    this.changed();
  }
  changed() {
    const talking = this.speaker.isPlaying ? "speaking" : this.isAnswering ? "thinking" : "idle";
    this.page.onstate(this.isHearing ? "listening" : talking);
  }
  // --- the session
  /** A new session knows nothing: it is told who it is, and what was said before the old one broke. */
  begin() {
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
  sendFrame() {
    if (this.line.state !== "open") return;
    const url = this.page.look();
    if (!url) return;
    this.line.send("conversation.item.create", pictureItem(this.name(), url));
    this.page.onframe(url);
  }
  sendPicture(url) {
    const id = this.name();
    this.page.log.say(id, "user", "");
    this.page.log.show(id, url);
    this.line.send("conversation.item.create", pictureItem(id, url));
    return id;
  }
  name() {
    return `page_${++this.names}`;
  }
  isOurs(id) {
    return id.startsWith("page_");
  }
}
const LINES_MAX = 200;
class Log {
  list = byId("log");
  bubbles = /* @__PURE__ */ new Map();
  /** Shows that somebody says something, before it is known what. */
  begin(id, side) {
    const { words: words2 } = this.bubble(id, side);
    words2.textContent ||= "…";
  }
  /** Words as they come. */
  grow(id, side, delta) {
    const { words: words2 } = this.bubble(id, side);
    words2.textContent = (words2.textContent === "…" ? "" : words2.textContent ?? "") + delta;
    this.follow();
  }
  /** All the words at once. */
  say(id, side, text) {
    this.bubble(id, side).words.textContent = text;
    if (side === "user") announce(`You: ${text}`);
    this.follow();
  }
  /** A picture the person showed. */
  show(id, url) {
    const { line } = this.bubble(id, "user");
    line.prepend(make("img", { src: url, alt: "The picture you sent" }));
  }
  /** Strikes out what follows the words that were heard. */
  strikeUnheard(id, heard) {
    const bubble = this.bubbles.get(id);
    if (bubble?.side !== "assistant") return;
    const whole = bubble.words.textContent ?? "";
    const rest = whole.startsWith(heard) ? whole.slice(heard.length) : "";
    if (!rest.trim()) return;
    bubble.words.replaceChildren(heard, make("s", { title: "You did not hear this" }, rest));
  }
  /** A small line below what was said. */
  note(id, text) {
    this.bubbles.get(id)?.line.append(make("small", {}, text));
  }
  /** A tool that was used: what with, and what came of it. */
  card(name, written, outcome, worked) {
    const code = make("code", {}, name, make("span", { class: "arguments" }, written));
    this.append(make("li", { class: worked ? "tool" : "tool failed" }, code, make("b", {}, outcome)));
    announce(outcome);
  }
  /** Something about the conversation that nobody said. */
  remark(text) {
    this.append(make("li", { class: "remark" }, text));
  }
  /** Takes an empty bubble away again: nothing was said after all. */
  drop(id) {
    if (this.bubbles.get(id)?.words.textContent !== "…") return;
    this.bubbles.get(id)?.line.remove();
    this.bubbles.delete(id);
  }
  /** The last things that were said and heard. */
  remembered() {
    const said = [...this.bubbles.values()].map(({ side, words: words2 }) => ({ side, text: heardText(words2) }));
    return said.filter(({ text }) => text && text !== "…").slice(-12);
  }
  clear() {
    this.list.replaceChildren();
    this.bubbles.clear();
    byId("welcome").hidden = false;
  }
  bubble(id, side) {
    const known2 = this.bubbles.get(id);
    if (known2) return known2;
    const words2 = make("span", { class: "words" });
    const who = make("span", { class: "unseen" }, side === "user" ? "You: " : "Hearth: ");
    const line = make("li", { class: side }, who, words2);
    const bubble = { side, line, words: words2 };
    this.bubbles.set(id, bubble);
    this.append(line);
    return bubble;
  }
  append(line) {
    byId("welcome").hidden = true;
    this.list.append(line);
    while (this.list.childElementCount > LINES_MAX) this.list.firstElementChild?.remove();
    this.follow();
  }
  follow() {
    this.list.scrollTop = this.list.scrollHeight;
  }
}
function heardText(words2) {
  const heard = [...words2.childNodes].filter((node) => node.nodeName !== "S");
  return heard.map((node) => node.textContent ?? "").join("").trim();
}
const WIDTH = 150;
const HEIGHT = 92;
const PICTURE = `<svg viewBox="0 0 308 232" role="img" aria-label="The home: four rooms, two doors">
  ${ROOMS.map(room).join("")}
  <g class="door" data-door="front door" transform="translate(8 196)">${door("front door")}</g>
  <g class="door" data-door="back door" transform="translate(86 196)">${door("back door")}</g>
  <g class="dial" transform="translate(184 210)"><circle r="14"/><text id="degrees" y="4" text-anchor="middle"></text></g>
  <g id="player" transform="translate(216 200)"><path class="note" d="M6 14V2l10-2v12"/><ellipse cx="3" cy="14" rx="3.5" ry="2.6"/><ellipse cx="13" cy="12" rx="3.5" ry="2.6"/><text id="music" x="22" y="14"></text></g>
</svg>`;
function room(name, index) {
  const [x, y] = [4 + index % 2 * WIDTH, 4 + Math.floor(index / 2) * HEIGHT];
  return `<g class="room" data-room="${name}" transform="translate(${x} ${y})">
    <rect class="floor" width="${WIDTH}" height="${HEIGHT}"/>
    <circle class="shine" cx="60" cy="30" r="30"/><path class="wall" d="M60 0v16"/><path class="lamp" d="M48 30a12 14 0 0 1 24 0z"/>
    <rect class="sky" x="104" y="22" width="34" height="40"/><rect class="blind" x="104" y="22" width="34" height="40"/>
    <path class="wall" d="M104 22h34v40h-34zM0 0h${WIDTH}v${HEIGHT}H0z"/>${furniture(name)}
    <text x="8" y="${HEIGHT - 6}">${name}</text></g>`;
}
function furniture(name) {
  const shapes = {
    kitchen: "M10 74V56h30v18M10 62h30M16 56v-4h8v4",
    "living room": "M10 74V60h6v6h30v-6h6v14z",
    bedroom: "M8 74V54M8 68h44v6M12 68v-6h12v6",
    bathroom: "M10 62h40q0 12-8 12H18q-8 0-8-12zM14 62v-9q0-4 5-4"
  };
  return `<path class="thing" d="${shapes[name]}"/>`;
}
function door(name) {
  return `<path class="shackle" d="M5 13V8a5 5 0 0 1 10 0v5"/><rect class="padlock" y="12" width="20" height="15" rx="2"/>
    <text x="25" y="18">${name.split(" ")[0]}</text><text class="state" x="25" y="29"></text>`;
}
function drawHome(home2) {
  const plan = byId("plan");
  plan.innerHTML = PICTURE;
  const all = (selector) => [...plan.querySelectorAll(selector)];
  return () => {
    for (const group of all(".room")) {
      const room2 = group.dataset.room;
      group.classList.toggle("lit", home2.lights.get(room2) === true);
      group.classList.toggle("closed", home2.blinds.get(room2) === false);
    }
    for (const group of all(".door")) {
      const locked = home2.locks.get(group.dataset.door) !== false;
      group.classList.toggle("unlocked", !locked);
      set(group.querySelector(".state"), locked ? "locked" : "open");
    }
    set(plan.querySelector("#degrees"), `${home2.degrees}°`);
    plan.querySelector("#player")?.classList.toggle("playing", home2.music !== "");
    set(plan.querySelector("#music"), home2.music ? shortened(home2.music) : "no music");
    tell(home2);
  };
}
function tell(home2) {
  const now = Date.now();
  const timers = home2.current(now).map(({ name, endsAt }) => {
    const left = endsAt - now;
    return make(
      "li",
      { class: left > 0 ? "timer" : "timer rings" },
      `⏲ ${name || "timer"} ${left > 0 ? clock(left) : "is over"}`
    );
  });
  const told = home2.told().map((line) => make("li", { class: "unseen" }, line));
  byId("things").replaceChildren(...timers, ...told);
}
function set(element, text) {
  if (element) element.textContent = text;
}
function shortened(text) {
  return text.length > 11 ? `${text.slice(0, 10)}…` : text;
}
function clock(ms2) {
  const seconds = Math.ceil(ms2 / 1e3);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, at) => String(part).padStart(at ? 2 : 1, "0")).join(":");
}
async function abilities(key) {
  try {
    const answer = await fetch("v1/models", { headers: key ? { authorization: `Bearer ${key}` } : {} });
    const { data } = await answer.json();
    const model = data?.[0];
    return {
      model: model?.id ?? "",
      voices: model?.voices ?? [],
      sees: model?.input_modalities?.includes("image") ?? false
    };
  } catch {
    return { model: "", voices: [], sees: false };
  }
}
const DEFAULTS = {
  mode: "open",
  voice: "",
  speed: 1,
  instructions: "You are Hearth, a friendly voice assistant of a home. Answer in one short sentence.",
  withheld: [],
  microphone: "",
  camera: ""
};
const PLACE = "hearth.settings";
class Settings {
  chosen = { ...DEFAULTS, ...kept() };
  /** Called when the dialog is closed, or the mode changed. */
  onchange = () => {
  };
  /** Not kept beyond this window: it is a secret. */
  key = new URLSearchParams(location.search).get("key") ?? sessionStorage.getItem("hearth.key") ?? "";
  dialog = byId("settings");
  before = this.chosen;
  constructor() {
    byId("open-settings").onclick = () => void this.open();
    this.dialog.onclose = () => this.take();
    byId("speed").oninput = ({ target }) => {
      byId("speed-said").textContent = target.value;
    };
    for (const radio of document.querySelectorAll("input[name=mode]")) {
      radio.checked = radio.value === this.chosen.mode;
      radio.onchange = () => this.change(() => this.chosen.mode = radio.value);
    }
  }
  /** As the protocol wants it. */
  toSession() {
    const { mode, voice, speed, instructions, withheld } = this.chosen;
    return {
      type: "realtime",
      instructions,
      tools: TOOLS.filter(({ name }) => !withheld.includes(name)).map(({ schema }) => schema),
      audio: {
        input: { transcription: { model: "pocket" }, turn_detection: mode === "open" ? { type: "server_vad" } : null },
        output: voice ? { voice, speed } : { speed }
      }
    };
  }
  /** Fills the list of voices, when the server told them. */
  offerVoices(voices) {
    fill("voice", voices.length ? voices.map((name) => [name, name]) : [["", "the server's own"]], this.chosen.voice);
  }
  close() {
    this.dialog.close();
  }
  async open() {
    this.before = { ...this.chosen };
    byId("speed").value = String(this.chosen.speed);
    byId("speed-said").textContent = String(this.chosen.speed);
    byId("instructions").value = this.chosen.instructions;
    byId("key").value = this.key;
    const boxes = TOOLS.map(({ name, title }) => {
      const box = make("input", { type: "checkbox", value: name });
      box.checked = !this.chosen.withheld.includes(name);
      return make("label", {}, box, ` ${title}`);
    });
    byId("tools").replaceChildren(...boxes);
    this.dialog.showModal();
    await this.offerDevices();
  }
  async offerDevices() {
    const devices = await navigator.mediaDevices?.enumerateDevices() ?? [];
    const named = (kind) => [
      ["", "the browser's choice"],
      ...devices.filter((device) => device.kind === kind && device.deviceId).map(({ deviceId, label }) => [deviceId, label || "unnamed until you allow it"])
    ];
    fill("microphones", named("audioinput"), this.chosen.microphone);
    fill("cameras", named("videoinput"), this.chosen.camera);
  }
  /** Takes over what the dialog says. */
  take() {
    this.key = byId("key").value.trim();
    sessionStorage.setItem("hearth.key", this.key);
    const boxes = [...byId("tools").querySelectorAll("input")];
    this.change(() => {
      this.chosen.voice = byId("voice").value;
      this.chosen.speed = Number(byId("speed").value);
      this.chosen.instructions = byId("instructions").value.trim() || DEFAULTS.instructions;
      this.chosen.withheld = boxes.filter((box) => !box.checked).map((box) => box.value);
      this.chosen.microphone = byId("microphones").value;
      this.chosen.camera = byId("cameras").value;
    }, this.before);
  }
  change(act, before = { ...this.chosen }) {
    act();
    localStorage.setItem(PLACE, JSON.stringify(this.chosen));
    this.onchange(before);
  }
}
function kept() {
  try {
    return JSON.parse(localStorage.getItem(PLACE) ?? "{}");
  } catch {
    return {};
  }
}
function fill(id, options, chosen) {
  byId(id).replaceChildren(...options.map(([value, text]) => make("option", { value }, text)));
  byId(id).value = options.some(([value]) => value === chosen) ? chosen : options[0]?.[0] ?? "";
}
const SECONDS_MAX = 600;
const PIECE = 25 * RATE;
const SEARCHED = 5 * RATE;
const WINDOW = RATE / 20;
async function transcribe(file, key, onwords) {
  const pieces = cut(await decode(file));
  const said = [];
  const { line, next } = open(key);
  try {
    await line.ready();
    for (const piece of pieces) {
      await stream(line, piece);
      line.send("input_audio_buffer.commit");
      said.push(await next());
      onwords(said.join(" "));
    }
  } finally {
    line.close();
  }
  return said.join(" ").trim();
}
async function decode(file) {
  const context2 = await sound();
  const decoded = await context2.decodeAudioData(await file.arrayBuffer()).catch(() => {
    throw new Error("This sound cannot be read. WAV, MP3, Ogg, FLAC and what this browser plays can.");
  });
  if (decoded.duration > SECONDS_MAX) throw new Error("This sound is longer than ten minutes.");
  const channels = Array.from({ length: decoded.numberOfChannels }, (_, at) => decoded.getChannelData(at));
  const mono = new Int16Array(decoded.length);
  for (let at = 0; at < mono.length; at++) {
    const sum = channels.reduce((sum2, channel) => sum2 + (channel[at] ?? 0), 0);
    mono[at] = Math.max(-1, Math.min(1, sum / channels.length)) * 32767;
  }
  return mono;
}
function cut(pcm) {
  const pieces = [];
  let from = 0;
  while (pcm.length - from > PIECE) {
    const to = quietest(pcm, from + PIECE - SEARCHED, from + PIECE);
    pieces.push(pcm.subarray(from, to));
    from = to;
  }
  return [...pieces, pcm.subarray(from)];
}
function quietest(pcm, from, to) {
  let [best, least] = [to, Number.POSITIVE_INFINITY];
  for (let at = from; at + WINDOW <= to; at += WINDOW) {
    const loudness = loudest(pcm.subarray(at, at + WINDOW));
    if (loudness < least) [best, least] = [at + WINDOW / 2, loudness];
  }
  return best;
}
async function stream(line, pcm) {
  for (let at = 0; at < pcm.length; at += RATE) {
    while (!line.sendSound(pcm.slice(at, at + RATE))) {
      if (line.state !== "open") throw new Error("The line broke while the sound was sent.");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
function open(key) {
  let settle = null;
  const fail = (why) => settle?.reject(new Error(why));
  const line = new Line(() => key, {
    "conversation.item.input_audio_transcription.completed": ({ transcript }) => settle?.resolve(transcript.trim()),
    "conversation.item.input_audio_transcription.failed": () => fail("The server could not write this down."),
    error: ({ error }) => fail(error.message)
  });
  line.onopen = () => {
    const input = { transcription: { model: "pocket" }, turn_detection: null };
    line.send("session.update", { session: { type: "transcription", audio: { input } } });
  };
  line.onstate = (state2, why) => state2 === "lost" && fail(why);
  const next = () => new Promise((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { line, next };
}
const STAGES = [
  ["sure", "wait", "sure that you ended"],
  ["firstWord", "think", "first word"],
  ["firstSound", "voice", "first sound received"],
  ["heard", "way", "first sound heard"]
];
class Turns {
  /** The last turns, the latest last. */
  all = [];
  open = null;
  begin(kind, ended) {
    this.open = { kind, ended };
  }
  /** Notes a moment of the open turn, the first time it comes. */
  mark(stage, at = performance.now()) {
    const turn = this.open;
    if (!turn || turn[stage] !== void 0) return;
    turn[stage] = at;
    if (stage === "firstWord") {
      this.all.push(turn);
      this.all = this.all.slice(-200);
    }
    this.draw();
  }
  /** Sounds that come later belong to no turn of the person. */
  close() {
    this.open = null;
  }
  clear() {
    this.all = [];
    this.open = null;
    this.draw();
  }
  /** Of all turns that were answered aloud, in ms: from the end of the person's turn to the first sound in their ear. */
  median() {
    const all = this.all.flatMap(({ ended, heard }) => heard === void 0 ? [] : [heard - ended]);
    return all.sort((a, b) => a - b)[Math.floor((all.length - 1) / 2)] ?? null;
  }
  draw() {
    const shown = this.all.slice(-6).reverse();
    const longest = Math.max(1e3, ...shown.map((turn) => latest(turn) - turn.ended));
    byId("turns").replaceChildren(...shown.map((turn) => row(turn, longest)));
    byId("legend").hidden = !shown.length;
  }
}
function latest(turn) {
  return Math.max(turn.ended, ...STAGES.map(([stage]) => turn[stage] ?? 0));
}
function row(turn, longest) {
  const bar = make("span", { class: "bar", "aria-hidden": "true" });
  const said = [];
  let from = turn.ended;
  for (const [stage, look, name] of STAGES) {
    const at = turn[stage];
    if (at === void 0) continue;
    const piece = make("span", { class: look, title: `${name}: ${ms(at - turn.ended)}` });
    piece.style.width = `${Math.max(0, at - from) / longest * 100}%`;
    bar.append(piece);
    said.push(`${name} after ${ms(at - turn.ended)}`);
    from = Math.max(from, at);
  }
  const label = make("span", { class: "unseen" }, `${turn.kind} turn: ${said.join(", ")}`);
  const sum = make("span", { class: "sum", "aria-hidden": "true" }, ms(from - turn.ended));
  return make("li", {}, label, bar, sum);
}
function ms(value) {
  return value < 1e4 ? `${Math.round(value)} ms` : `${(value / 1e3).toFixed(1)} s`;
}
const SECONDS = 10;
const COLUMNS_PER_SECOND = 25;
const COLUMNS = SECONDS * COLUMNS_PER_SECOND;
const STRIP = 8;
class Wave {
  state = "idle";
  canvas = byId("wave");
  columns = [];
  now = { heard: 0, said: 0, state: "idle" };
  colours = /* @__PURE__ */ new Map();
  clock = 0;
  constructor() {
    const repaint = () => {
      this.colours.clear();
      this.paint();
    };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
    new ResizeObserver(repaint).observe(this.canvas);
  }
  hear(loudness) {
    this.now.heard = Math.max(this.now.heard, loudness);
    this.run();
  }
  say(loudness) {
    this.now.said = Math.max(this.now.said, loudness);
    this.run();
  }
  /** Moves only while something happens, or was to be seen until just now. */
  run() {
    if (!this.clock) this.clock = window.setInterval(() => this.step(), 1e3 / COLUMNS_PER_SECOND);
  }
  step() {
    this.columns.push({ ...this.now, state: this.state });
    this.columns = this.columns.slice(-COLUMNS);
    this.now = { heard: 0, said: 0, state: this.state };
    if (!document.hidden) this.paint();
    if (this.columns.some(({ heard, said, state: state2 }) => heard || said || state2 !== "idle")) return;
    clearInterval(this.clock);
    this.clock = 0;
  }
  paint() {
    const ratio = devicePixelRatio || 1;
    const [width, height] = [this.canvas.clientWidth * ratio, this.canvas.clientHeight * ratio];
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    const brush = this.canvas.getContext("2d");
    if (!brush || !width) return;
    brush.clearRect(0, 0, width, height);
    const [step, middle, strip] = [width / COLUMNS, height / 2, STRIP * ratio / 2];
    brush.fillStyle = this.colour("idle");
    brush.fillRect(0, middle - strip, width, 2 * strip);
    this.columns.forEach(({ heard, said, state: state2 }, at) => {
      const x = (at + COLUMNS - this.columns.length) * step;
      const reach = middle - strip - ratio;
      brush.fillStyle = this.colour(state2);
      brush.fillRect(x, middle - strip, step + 1, 2 * strip);
      brush.fillStyle = this.colour("listening");
      brush.fillRect(x, middle - strip - ratio - tall(heard, reach), step * 0.7, tall(heard, reach));
      brush.fillStyle = this.colour("speaking");
      brush.fillRect(x, middle + strip + ratio, step * 0.7, tall(said, reach));
    });
  }
  colour(name) {
    const known2 = this.colours.get(name) ?? getComputedStyle(this.canvas).getPropertyValue(`--${name}`).trim();
    this.colours.set(name, known2);
    return known2;
  }
}
function tall(loudness, reach) {
  return Math.sqrt(loudness) * reach;
}
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
    dispatchEvent(new CustomEvent("hearth:played", { detail: { pcm, at } }));
  }
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
const talk = byId("talk");
let heldAt = 0;
let state = "idle";
async function openMicrophone() {
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
function closeMicrophone() {
  if (!microphone.isOpen) return;
  microphone.close();
  conversation.stopHearing();
  talk.style.setProperty("--level", "0");
  showButton();
}
talk.onclick = () => {
  if (settings.chosen.mode === "open") void (microphone.isOpen ? closeMicrophone() : openMicrophone());
};
async function press() {
  if (settings.chosen.mode !== "hold" || heldAt) return;
  heldAt = performance.now();
  if (!await openMicrophone()) heldAt = 0;
  if (heldAt) conversation.hold();
  showButton();
}
function letGo() {
  if (!heldAt) return;
  const held = performance.now() - heldAt;
  heldAt = 0;
  talk.style.setProperty("--level", "0");
  conversation.release(held < HOLD_MS_MIN);
  showButton();
}
const isPress = ({ key }) => key === " " || key === "Enter";
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
function showButton() {
  const isHold = settings.chosen.mode === "hold";
  const isOn = isHold ? heldAt > 0 : microphone.isOpen;
  talk.setAttribute("aria-pressed", String(isOn));
  talk.textContent = isHold ? "Hold to talk" : isOn ? "Stop" : "Talk";
  showHint();
}
function showHint() {
  const isOn = microphone.isOpen && settings.chosen.mode === "open";
  const hints = {
    idle: isOn ? "Listening. Just talk." : "Press, and say “turn on the kitchen light”.",
    listening: "Listening …",
    thinking: "Thinking …",
    speaking: isOn ? "Speaking. Talk to interrupt." : "Speaking."
  };
  byId("hint").textContent = hints[state];
}
function showState(now) {
  if (state === "listening" && now !== "listening") showStatistics();
  state = now;
  wave.state = now;
  talk.dataset.state = now;
  showHint();
  showStatistics();
}
function showLine(line, why) {
  const status = byId("status");
  if (line === "open" && status.dataset.state !== line) void learn();
  status.dataset.state = line;
  if (status.textContent !== why) status.textContent = why;
}
let pictures = [];
byId("write").onsubmit = (event) => {
  event.preventDefault();
  const field = byId("text");
  const text = field.value.trim();
  if (!text && !pictures.length) return;
  field.value = "";
  const sent = pictures;
  pictures = [];
  showTray();
  void conversation.write(text, sent);
};
async function take(file) {
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
async function writeDown(file) {
  const id = `file ${performance.now()}`;
  log.begin(id, "user");
  log.note(id, `what is said in ${file.name}`);
  try {
    const words2 = await transcribe(file, settings.key, (words22) => log.say(id, "user", words22));
    if (!words2) log.say(id, "user", "(no words)");
  } catch (error) {
    log.drop(id);
    throw error;
  }
}
function showTray() {
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
byId("file").onchange = ({ target }) => {
  const input = target;
  for (const file of input.files ?? []) void take(file);
  input.value = "";
};
function takeAll(event, given) {
  const files = [...given?.files ?? []].filter(({ type }) => /^(image|audio)\//.test(type));
  if (!files.length) return;
  event.preventDefault();
  for (const file of files) void take(file);
}
addEventListener("paste", (event) => takeAll(event, event.clipboardData));
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => takeAll(event, event.dataTransfer));
settings.onchange = (before) => {
  const { chosen } = settings;
  if (microphone.isOpen && (before.microphone !== chosen.microphone || before.mode !== chosen.mode)) closeMicrophone();
  if (before.mode !== chosen.mode) conversation.clear();
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
async function learn() {
  const { voices, sees } = await abilities(settings.key);
  settings.offerVoices(voices);
  conversation.sees = sees;
  byId("sight").textContent = sees ? "It looks at what you show when you begin to speak or send a message." : "This server keeps pictures, but its models cannot see yet: do not expect an answer about them.";
}
function showStatistics() {
  const { counts, line } = conversation;
  const median = turns.median();
  const rows = [
    ["turns answered", String(turns.all.length)],
    ["until you hear it, median", median === null ? "–" : ms(median)],
    ["tools used", String(counts.tools)],
    ["interruptions", String(counts.interruptions)],
    ["tokens read, written", `${counts.tokensIn}, ${counts.tokensOut}`],
    ["sent, received", `${kilobytes(line.sentBytes)}, ${kilobytes(line.receivedBytes)}`],
    ["broken lines", String(line.losses)]
  ];
  byId("statistics").replaceChildren(...rows.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
}
function kilobytes(bytes) {
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
setInterval(() => home.timers.length && redraw(), 1e3);
redraw();
showButton();
showStatistics();
void learn();
