// The page speaks only the public protocol: the OpenAI Realtime events over /v1/realtime. Nothing here is special to Hearth.

import { drawHome, tools, useTool } from "./home.js";

const RATE = 24000;
const $ = (id) => document.getElementById(id);
const INSTRUCTIONS = "You are Hearth, a friendly voice assistant of a home. Answer in one short sentence.";

// --- the line to the server

let socket = null;
let retryMs = 500;

function connect() {
  const url = new URL("v1/realtime?model=pocket", location.href.replace(/^http/, "ws"));
  const key = new URLSearchParams(location.search).get("key");
  const protocols = key ? ["realtime", `openai-insecure-api-key.${key}`] : ["realtime"];
  socket = new WebSocket(url, protocols);
  socket.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    on[event.type]?.(event);
  };
  socket.onclose = () => {
    status("The server does not answer. Trying again ...", true);
    hush();
    turn("idle");
    setTimeout(connect, (retryMs = Math.min(retryMs * 2, 8000)));
  };
}

function send(type, fields = {}) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type, ...fields }));
}

// --- what the server says

let speechEnded = 0; // when the person's turn ended, to tell how long the answer took
let answering = false; // a response is in the making
let calls = []; // its tool calls

const on = {
  "session.created": ({ session }) => {
    retryMs = 500;
    status(`connected · model ${session.model}`);
    send("session.update", {
      session: {
        type: "realtime",
        instructions: INSTRUCTIONS,
        tools,
        audio: { input: { transcription: { model: session.model } } },
      },
    });
  },
  "input_audio_buffer.speech_started": () => {
    interrupt();
    turn("listening");
  },
  "input_audio_buffer.speech_stopped": () => (speechEnded = performance.now()),
  "conversation.item.added": ({ item }) => {
    if (item.type !== "message") return;
    const words = item.content.map((part) => part.text ?? part.transcript ?? "").join("");
    bubble(item.id, item.role).textContent = words || "…";
  },
  "conversation.item.input_audio_transcription.delta": ({ item_id, delta }) => grow(item_id, "user", delta),
  "conversation.item.input_audio_transcription.completed": ({ item_id, transcript }) =>
    (bubble(item_id, "user").textContent = transcript || "(nothing understood)"),
  "response.created": () => {
    answering = true;
    calls = [];
    turn("thinking");
  },
  "response.output_audio_transcript.delta": ({ item_id, delta }) => grow(item_id, "assistant", delta),
  "response.output_text.delta": ({ item_id, delta }) => grow(item_id, "assistant", delta),
  "response.output_audio.delta": ({ item_id, delta }) => play(item_id, delta),
  "response.function_call_arguments.done": (call) => calls.push(call),
  "response.done": ({ response }) => {
    answering = false;
    if (response.status === "failed") status(response.status_details?.error?.message ?? "the answer failed", true);
    if (calls.length && response.status === "completed") return answerCalls();
    if (!playing.length) turn("idle");
  },
  "conversation.item.truncated": ({ item_id }) => send("conversation.item.retrieve", { item_id }),
  "conversation.item.retrieved": ({ item }) => strikeUnheard(item.id, item.content[0]?.transcript ?? ""),
  error: ({ error }) => status(error.message, true),
};

function answerCalls() {
  for (const { call_id, name, arguments: written } of calls) {
    const result = useTool(name, written);
    const card = bubble(call_id, "tool");
    card.append(`${name}(${written}) → `, Object.assign(document.createElement("b"), { textContent: result.said }));
    send("conversation.item.create", {
      item: { type: "function_call_output", call_id, output: JSON.stringify(result.output) },
    });
  }
  calls = [];
  send("response.create");
}

// --- the conversation on the page

const bubbles = new Map();

function bubble(id, role) {
  if (!bubbles.has(id)) {
    $("empty").hidden = true;
    const line = Object.assign(document.createElement("li"), { className: role });
    const words = document.createElement("span");
    line.append(words);
    $("log").append(line);
    bubbles.set(id, words);
  }
  $("log").scrollTop = $("log").scrollHeight;
  return bubbles.get(id);
}

function grow(id, role, delta) {
  const words = bubble(id, role);
  words.textContent = (words.textContent === "…" ? "" : words.textContent) + delta;
}

function strikeUnheard(id, heard) {
  const words = bubble(id, "assistant");
  const rest = words.textContent.slice(heard.length);
  words.replaceChildren(heard, Object.assign(document.createElement("span"), { className: "unheard", textContent: rest }));
}

function note(id, text) {
  bubble(id, "assistant").parentElement.append(Object.assign(document.createElement("small"), { textContent: text }));
}

function status(text, fault = false) {
  $("status").textContent = text;
  $("status").classList.toggle("fault", fault);
}

const HINTS = { listening: "Listening ...", thinking: "Thinking ...", speaking: "Speaking. Just talk to interrupt." };

function turn(state) {
  $("talk").dataset.state = state;
  $("hint").textContent = HINTS[state] ?? (microphone ? "Listening ..." : "The microphone is off.");
}

// --- playing the answer, and knowing how much of it was heard

let audio = null;
let playing = []; // { source, item, at, seconds } scheduled and not over
let heardMs = 0; // of the item being played, what is already over
let playingItem = null;
let playUntil = 0;

async function openAudio() {
  audio ??= new AudioContext({ sampleRate: RATE });
  await audio.resume();
}

function play(item, base64) {
  if (!audio) return;
  if (item !== playingItem) {
    if (speechEnded) note(item, `first sound after ${Math.round(performance.now() - speechEnded)} ms`);
    [playingItem, heardMs, speechEnded] = [item, 0, 0];
    turn("speaking");
  }
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const samples = Float32Array.from(new Int16Array(bytes.buffer), (sample) => sample / 32768);
  if (!samples.length) return;
  const buffer = audio.createBuffer(1, samples.length, RATE);
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(audio, { buffer });
  source.connect(audio.destination);
  const at = Math.max(playUntil, audio.currentTime + 0.03);
  source.start(at);
  playUntil = at + buffer.duration;
  const piece = { source, item, at, seconds: buffer.duration };
  playing.push(piece);
  source.onended = () => {
    if (!playing.includes(piece)) return;
    playing = playing.filter((other) => other !== piece);
    if (item === playingItem) heardMs += piece.seconds * 1000;
    if (!playing.length) turn("idle");
  };
}

function hush() {
  for (const { source } of playing) source.stop();
  playing = [];
  playUntil = 0;
}

// The person speaks: stop at once, and tell the server how much of the answer was heard.
function interrupt() {
  const rest = playing.filter(({ item }) => item === playingItem);
  if (!rest.length) return;
  const now = audio.currentTime;
  const begun = rest.reduce((sum, { at, seconds }) => sum + Math.min(Math.max(now - at, 0), seconds), 0);
  hush();
  const audio_end_ms = Math.floor(heardMs + begun * 1000);
  send("conversation.item.truncate", { item_id: playingItem, content_index: 0, audio_end_ms });
  playingItem = null;
}

// --- the microphone

let microphone = null;

async function openMicrophone() {
  await openAudio();
  const wanted = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
  const stream = await navigator.mediaDevices.getUserMedia({ audio: wanted });
  await audio.audioWorklet.addModule("microphone.js");
  const node = new AudioWorkletNode(audio, "microphone", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
  node.port.onmessage = ({ data }) => hear(new Int16Array(data));
  audio.createMediaStreamSource(stream).connect(node);
  microphone = { stream, node };
}

function closeMicrophone() {
  for (const track of microphone.stream.getTracks()) track.stop();
  microphone.node.disconnect();
  microphone = null;
  $("talk").style.setProperty("--level", 0);
}

function hear(samples) {
  const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  $("talk").style.setProperty("--level", (loudest / 32768).toFixed(2));
  send("input_audio_buffer.append", { audio: btoa(String.fromCharCode(...new Uint8Array(samples.buffer))) });
}

$("talk").onclick = async () => {
  try {
    if (microphone) closeMicrophone();
    else await openMicrophone();
  } catch (error) {
    status(`No microphone: ${error.message}. Writing works all the same.`, true);
  }
  $("talk").setAttribute("aria-pressed", String(Boolean(microphone)));
  $("talk").textContent = microphone ? "Mute" : "Talk";
  turn("idle");
};

$("write").onsubmit = async (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  $("text").value = "";
  await openAudio();
  interrupt();
  if (answering) send("response.cancel");
  speechEnded = performance.now();
  send("conversation.item.create", { item: { type: "message", role: "user", content: [{ type: "input_text", text }] } });
  send("response.create");
};

drawHome($("plan"));
turn("idle");
connect();
