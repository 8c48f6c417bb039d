"""A Chromium that speaks a recording into the page, and an ear at its loudspeaker."""

import base64
import contextlib
import os
import shutil
import wave

import sound

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
SIZE = {"width": 1180, "height": 900}

# Keeps what the page's own taps hand out: 20 ms pieces of what was heard and of what was played, on one clock.
EAR = """
window.ear = { heard: [], played: [], states: [] };
const keep = (list) => ({ detail: { pcm, at } }) => list.push({ at, now: performance.now(), pcm,
  loudness: pcm.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) / 32768 });
addEventListener("hearth:heard", keep(ear.heard));
addEventListener("hearth:played", keep(ear.played));
addEventListener("DOMContentLoaded", () => {
  const talk = document.getElementById("talk");
  const note = () => ear.states.push({ state: talk.dataset.state, now: performance.now() });
  new MutationObserver(note).observe(talk, { attributeFilter: ["data-state"] });
});
"""
PLAYED = """() => {
  const bytes = ear.played.flatMap(({ pcm }) => [...new Uint8Array(pcm.buffer)]);
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}"""


@contextlib.contextmanager
def chromium(playwright, recording=None, devices=True, allowed=True):
    """A browser whose microphone plays `recording` (PCM bytes) once from when it is opened, then silence."""
    flags = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
    if devices:
        flags.append("--use-fake-device-for-media-stream")
    flags.append("--use-fake-ui-for-media-stream" if allowed else "--deny-permission-prompts")
    if recording is not None:
        flags.append(f"--use-file-for-fake-audio-capture={recording}%noloop")
    browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=flags)
    try:
        yield browser
    finally:
        browser.close()


class Visit:
    """One visitor on the page: what they see, and everything that was asked of the network."""

    def __init__(self, browser, server, **look):
        self.context = browser.new_context(viewport=SIZE, **look)
        self.context.add_init_script(EAR)
        self.context.set_default_timeout(20_000)
        self.page = self.context.new_page()
        self.address = server.base_url.removesuffix("/v1") + "/"
        self.requests, self.sockets, self.sent, self.faults = [], [], [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", self._listen)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda message: message.type == "warning" and self.faults.append(message.text))
        self.page.goto(self.address)

    def _listen(self, socket):
        self.sockets.append(socket.url)
        socket.on("framesent", lambda frame: self.sent.append(frame))

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.context.close()
        if kind is None:
            assert not self.faults, self.faults
            strange = [url for url in self.requests if not url.startswith((self.address, "data:", "blob:"))]
            assert not strange, f"the page asked for what is not its server's: {strange}"

    def one(self, selector):
        """The element, waited for where it is used."""
        return self.page.locator(selector)

    def write(self, text):
        """Writes a message and sends it."""
        self.one("#text").fill(text)
        self.one("#send").click()

    def wait(self, expression, seconds=20):
        """Until the page finds the expression true."""
        return self.page.wait_for_function(expression, timeout=seconds * 1000)

    def hear_answer(self, seconds=30):
        """Until something loud was played, and then all of it, as PCM bytes at 24 kHz."""
        self.wait("() => ear.played.some(({ loudness }) => loudness > 0.05)", seconds)
        self.wait("() => document.getElementById('talk').dataset.state === 'idle'", seconds)
        return base64.b64decode(self.page.evaluate(PLAYED))


def save(pcm, path):
    """Writes PCM bytes as a WAV file, and returns its path."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, sound.RATE, 0, "NONE", ""))
        file.writeframes(pcm)
    return path


def picture(path):
    """A small PNG of a red square, made without a library of pictures."""
    import struct
    import zlib

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + b"\xc8\x20\x20" * 64 for _ in range(64))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return path


def understood(pcm):
    """The words that pocketsphinx, which knows nothing of ours, hears in PCM bytes at 24 kHz."""
    import array

    from pocketsphinx import Decoder

    samples = sound.resampled(array.array("h", pcm), sound.RATE)
    at_16k = array.array("h", [samples[n * 3 // 2] for n in range(len(samples) * 2 // 3)])
    decoder = Decoder(samprate=16_000, loglevel="FATAL")
    decoder.start_utt()
    decoder.process_raw(at_16k.tobytes(), full_utt=True)
    decoder.end_utt()
    return set((decoder.hyp().hypstr if decoder.hyp() else "").split())
