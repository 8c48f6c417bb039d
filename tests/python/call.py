"""One call: the unmodified OpenAI client, a microphone that never stops, and every event the server sent, strictly typed."""

import asyncio
import base64
import contextlib
import json
import time

from openai import AsyncOpenAI
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter, ValidationError

import sound

STRICT = TypeAdapter(RealtimeServerEvent)
CHUNK_MS = 40
WAIT_SECONDS = 30


class Call:
    """Use through [`call`]. `events` are the server's events as they came, `violations` those its types refuse."""

    def __init__(self, connection):
        self.connection = connection
        self.events = []
        self.violations = []
        self._news = asyncio.Condition()
        self._to_say = asyncio.Queue(maxsize=100)
        self.sent_ms = 0

    # --- what the person and the application do

    async def say(self, pcm):
        """Speaks into the running microphone; returns when the last of it was sent."""
        done = asyncio.Event()
        await self._to_say.put((pcm, done))
        await asyncio.wait_for(done.wait(), WAIT_SECONDS)

    async def append(self, pcm):
        """Hands over sound as fast as it goes, for push-to-talk."""
        for start in range(0, len(pcm), sound.BYTES_PER_MS * 200):
            piece = pcm[start : start + sound.BYTES_PER_MS * 200]
            await self.connection.input_audio_buffer.append(audio=base64.b64encode(piece).decode())

    async def tell(self, text):
        """Adds a written message of the user to the conversation."""
        content = [{"type": "input_text", "text": text}]
        await self.connection.conversation.item.create(item={"type": "message", "role": "user", "content": content})

    async def configure(self, **session):
        """session.update, and its answer."""
        begun = len(self.events)
        await self.connection.session.update(session={"type": "realtime", **session})
        return await self.wait("session.updated", begun)

    # --- what the server did

    async def wait(self, kind, begun=0, seconds=WAIT_SECONDS, **fields):
        """The first event of `kind` with these fields since the event number `begun`."""

        def found():
            for event in self.events[begun:]:
                if event["type"] == kind and all(event.get(name) == value for name, value in fields.items()):
                    return event
            return None

        async with self._news:
            try:
                await asyncio.wait_for(self._news.wait_for(found), seconds)
            except TimeoutError:
                seen = [event["type"] for event in self.events[begun:]]
                raise AssertionError(f"no {kind} {fields or ''} within {seconds} s; there were: {seen}") from None
        return found()

    def of(self, kind, **fields):
        """All events of `kind` with these fields so far."""
        return [e for e in self.events if e["type"] == kind and all(e.get(n) == v for n, v in fields.items())]

    def spoken(self, response_id):
        """PCM bytes of a response so far."""
        deltas = self.of("response.output_audio.delta", response_id=response_id)
        return b"".join(base64.b64decode(event["delta"], validate=True) for event in deltas)

    # --- the two ends of the line

    async def listen(self):
        """Takes every event as raw bytes and holds it against the client's own types."""
        while True:
            raw = await self.connection.recv_bytes()
            try:
                STRICT.validate_json(raw)
            except ValidationError as error:
                self.violations.append(f"{raw[:400]!r}: {_nearest(error, raw)}")
            self.connection.parse_event(raw)
            async with self._news:
                self.events.append(json.loads(raw))
                self._news.notify_all()

    async def microphone(self):
        """Sends 40 ms of sound every 40 ms: silence while nobody speaks."""
        pcm, done, clock = b"", None, time.monotonic()
        while True:
            if not pcm and done:
                done.set()
                done = None
            if not pcm and not self._to_say.empty():
                pcm, done = self._to_say.get_nowait()
            size = CHUNK_MS * sound.BYTES_PER_MS
            piece, pcm = pcm[:size].ljust(size, b"\0"), pcm[size:]
            await self.connection.input_audio_buffer.append(audio=base64.b64encode(piece).decode())
            self.sent_ms += CHUNK_MS
            clock += CHUNK_MS / 1000
            await asyncio.sleep(max(0.0, clock - time.monotonic()))


def _nearest(error, raw):
    """The complaints of the one member of the union that was meant: the one with no complaint about `type`."""
    by_member = {}
    for complaint in error.errors():
        by_member.setdefault(complaint["loc"][0], []).append(complaint)
    meant = [
        complaints
        for complaints in by_member.values()
        if not any(complaint["loc"][1:] == ("type",) for complaint in complaints)
    ]
    return [(c["loc"][1:], c["msg"]) for c in meant[0]] if meant else f"no such event: {json.loads(raw).get('type')}"


@contextlib.asynccontextmanager
async def call(server, api_key="any", model="pocket", microphone=False):
    """A call that is checked when it ends: no violation of the types, nothing out of order."""
    import order

    client = AsyncOpenAI(base_url=server.base_url, api_key=api_key, max_retries=0)
    async with client, client.realtime.connect(model=model) as connection:
        line = Call(connection)
        tasks = [asyncio.create_task(line.listen())]
        await line.wait("session.created")
        if microphone:
            tasks.append(asyncio.create_task(line.microphone()))
        try:
            yield line
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
    for fault in ended:
        if isinstance(fault, Exception):
            raise fault
    assert not line.violations, "\n".join(line.violations)
    assert not (faults := order.faults(line.events)), "\n".join(faults)
