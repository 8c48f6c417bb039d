"""Plain HTTP with the unmodified OpenAI client: what it says is understood, what it hears makes sense."""

import base64
import io
import json
import wave

import openai
import pytest
from openai import AsyncOpenAI

from sound import RATE, spoken

LIGHT = {
    "type": "function",
    "function": {
        "name": "light_set",
        "description": "Turn a light on or off",
        "parameters": {
            "type": "object",
            "properties": {"room": {"type": "string", "enum": ["kitchen", "bedroom"]}, "on": {"type": "boolean"}},
            "required": ["room", "on"],
        },
    },
}


def client_of(server):
    return AsyncOpenAI(base_url=server.base_url, api_key="any", max_retries=0)


def wav(pcm, rate=RATE):
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        out.writeframes(pcm)
    return file.getvalue()


async def words_in(client, file, name="speech.wav"):
    heard = await client.audio.transcriptions.create(model="pocket", file=(name, file))
    return heard.text.split()


async def test_what_it_says_it_understands_itself(server):
    client = client_of(server)
    for kind in ("wav", "flac"):
        speech = await client.audio.speech.create(
            model="tts-1", voice="alloy", input="Turn on the kitchen light.", response_format=kind
        )
        heard = await words_in(client, speech.content, f"speech.{kind}")
        assert {"kitchen", "light"} <= set(heard), heard


async def test_speech_comes_in_pieces(server):
    client = client_of(server)
    text = "The kitchen light is on. The bedroom light is off. It is half past seven in the morning."
    create = client.audio.speech.with_streaming_response.create
    async with create(model="tts-1", voice="alloy", input=text, response_format="pcm") as reply:
        pieces = [piece async for piece in reply.iter_bytes()]
    assert len(pieces) > 5
    assert sum(map(len, pieces)) > 2 * RATE * 2


async def test_a_recording_is_written_down(server):
    client = client_of(server)
    file = wav(spoken("turn on the kitchen light"))
    assert {"kitchen", "light"} <= set(await words_in(client, file))
    verbose = await client.audio.transcriptions.create(
        model="pocket",
        file=("question.wav", file),
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )
    type(verbose).model_validate(verbose.model_dump(), strict=True)
    light = next(word for word in verbose.words if word.word == "light")
    assert 0 < light.start < light.end <= verbose.duration + 0.3, light
    assert "light" in verbose.segments[-1].text
    srt = await client.audio.transcriptions.create(model="pocket", file=("q.wav", file), response_format="srt")
    assert srt.startswith("1\n00:00:0") and "light" in srt


async def test_a_transcript_is_streamed(server):
    client = client_of(server)
    file = wav(spoken("turn on the kitchen light"))
    events = [
        event
        async for event in await client.audio.transcriptions.create(model="pocket", file=("q.wav", file), stream=True)
    ]
    for event in events:
        type(event).model_validate(event.model_dump(), strict=True)
    told = "".join(event.delta for event in events if event.type == "transcript.text.delta")
    assert events[-1].type == "transcript.text.done"
    assert events[-1].text == told and "light" in told


async def test_a_tool_is_called_from_text_and_from_speech(server):
    client = client_of(server)
    sound = {"data": base64.b64encode(wav(spoken("turn on the kitchen light"))).decode(), "format": "wav"}
    for content in ("turn on the kitchen light", [{"type": "input_audio", "input_audio": sound}]):
        reply = await client.chat.completions.create(
            model="pocket",
            messages=[{"role": "user", "content": content}],
            tools=[LIGHT],
            tool_choice={"type": "function", "function": {"name": "light_set"}},
        )
        type(reply).model_validate(reply.model_dump(), strict=True)
        assert reply.choices[0].finish_reason == "tool_calls"
        (call,) = reply.choices[0].message.tool_calls
        assert json.loads(call.function.arguments) == {"room": "kitchen", "on": True}


async def test_an_answer_is_streamed_with_its_usage(server):
    client = client_of(server)
    chunks = [
        chunk
        async for chunk in await client.chat.completions.create(
            model="pocket",
            messages=[{"role": "user", "content": "hello"}],
            stream=True,
            stream_options={"include_usage": True},
        )
    ]
    for chunk in chunks:
        type(chunk).model_validate(chunk.model_dump(), strict=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert len(text.split()) > 1
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage.completion_tokens > 1 and chunks[-1].usage.prompt_tokens > 1


async def test_an_answer_is_spoken(server):
    client = client_of(server)
    reply = await client.chat.completions.create(
        model="pocket",
        messages=[{"role": "user", "content": "hello"}],
        modalities=["text", "audio"],
        audio={"voice": "alloy", "format": "wav"},
    )
    type(reply).model_validate(reply.model_dump(), strict=True)
    audio = reply.choices[0].message.audio
    said = {word.strip(".,!?").lower() for word in audio.transcript.split()}
    heard = await words_in(client, base64.b64decode(audio.data))
    assert said & set(heard), (said, heard)


async def test_an_answer_fits_its_schema(server):
    schema = LIGHT["function"]["parameters"] | {"additionalProperties": False}
    reply = await client_of(server).chat.completions.create(
        model="pocket",
        messages=[{"role": "user", "content": "turn on the kitchen light"}],
        response_format={"type": "json_schema", "json_schema": {"name": "light", "schema": schema, "strict": True}},
    )
    answer = json.loads(reply.choices[0].message.content)
    assert answer["room"] in ("kitchen", "bedroom") and isinstance(answer["on"], bool)


async def test_refusals_are_what_the_client_expects(server, locked_server):
    client = client_of(server)
    with pytest.raises(openai.BadRequestError) as refusal:
        await client.audio.speech.create(model="tts-1", voice="darth", input="hello")
    assert refusal.value.code == "unknown_voice" and refusal.value.param == "voice"
    with pytest.raises(openai.BadRequestError, match="not supported"), pytest.deprecated_call():
        await client.audio.translations.create(model="whisper-1", file=("q.wav", wav(bytes(9600))))
    with pytest.raises(openai.BadRequestError) as refusal:
        await client.audio.transcriptions.create(model="whisper-1", file=("q.mp3", b"no sound at all" * 99))
    assert refusal.value.param == "file"
    with pytest.raises(openai.AuthenticationError):
        await client_of(locked_server).chat.completions.create(model="pocket", messages=[])
    # It reads why, although it was still sending.
    with pytest.raises(openai.AuthenticationError):
        await client_of(locked_server).audio.transcriptions.create(model="pocket", file=("q.wav", bytes(8_000_000)))
    models = await client.models.list()
    assert models.data[0].max_model_len > 500
