"""What the unmodified OpenAI client does with a running server: real sound in, real models, every event strictly typed."""

import json

import sound
from call import call

LIGHT = {
    "type": "function",
    "name": "set_light",
    "description": "Turn a light on or off",
    "parameters": {
        "type": "object",
        "properties": {
            "room": {"type": "string", "description": "The room of the light"},
            "on": {"type": "boolean", "description": "Whether the light is on"},
        },
        "required": ["room", "on"],
    },
}
REQUEST = "turn on the kitchen light"
SMALL_TALK = "good morning how are you"
LONG_QUESTION = "what can you do"


async def test_a_session_tells_all_its_settings_and_merges_updates(server):
    async with call(server) as line:
        created = line.events[0]["session"]
        assert created["type"] == "realtime" and created["id"].startswith("sess_")
        assert created["model"] == "pocket"
        assert created["audio"]["input"]["turn_detection"]["type"] == "server_vad"
        assert created["audio"]["input"]["turn_detection"]["interrupt_response"] is True
        first = (await line.configure(instructions="Be brief.", tools=[LIGHT]))["session"]
        assert first["instructions"] == "Be brief." and first["tools"][0]["name"] == "set_light"
        second = (await line.configure(audio={"input": {"turn_detection": None}}))["session"]
        assert second["instructions"] == "Be brief." and second["audio"]["input"]["turn_detection"] is None
        assert second["audio"]["output"] == created["audio"]["output"]


async def test_an_unknown_model_falls_back_to_the_loaded_one(server):
    async with call(server, model="gpt-realtime") as line:
        assert line.events[0]["session"]["model"] == "pocket"


async def test_a_spoken_turn_is_heard_and_answered_aloud(server):
    async with call(server, microphone=True) as line:
        await line.configure(audio={"input": {"transcription": {"model": "whisper-1"}}})
        await line.say(sound.silence(300) + sound.spoken(SMALL_TALK))
        started = await line.wait("input_audio_buffer.speech_started")
        await line.wait("input_audio_buffer.speech_stopped", item_id=started["item_id"])
        await line.wait("input_audio_buffer.committed", item_id=started["item_id"])
        done = (await line.wait("response.done"))["response"]
        heard = await line.wait("conversation.item.input_audio_transcription.completed", item_id=started["item_id"])
        await line.wait("rate_limits.updated")
        assert done["status"] == "completed", done
        assert words_in_common(heard["transcript"], SMALL_TALK) >= 3, heard["transcript"]
        answer = line.spoken(done["id"])
        assert len(answer) > 300 * sound.BYTES_PER_MS and sound.loudness(answer) > 0.005
        assert done["output"][0]["content"][0]["transcript"].strip()
        assert done["usage"]["input_token_details"]["audio_tokens"] > 0
        assert done["usage"]["output_tokens"] > 0


async def test_push_to_talk_answers_when_asked(server):
    async with call(server) as line:
        await line.configure(audio={"input": {"turn_detection": None}})
        await line.append(sound.spoken(SMALL_TALK))
        await line.connection.input_audio_buffer.commit()
        committed = await line.wait("input_audio_buffer.committed")
        await line.wait("conversation.item.done")
        assert not line.of("response.created"), "nobody asked for an answer yet"
        await line.connection.response.create()
        done = (await line.wait("response.done"))["response"]
        assert done["status"] == "completed" and line.spoken(done["id"])
        assert not line.of("input_audio_buffer.speech_started")
        kept = await retrieve(line, committed["item_id"])
        assert kept["role"] == "user" and kept["content"][0]["audio"]


async def test_a_cleared_buffer_is_not_heard(server):
    async with call(server) as line:
        await line.configure(audio={"input": {"turn_detection": None}})
        await line.append(sound.spoken(SMALL_TALK))
        await line.connection.input_audio_buffer.clear()
        await line.wait("input_audio_buffer.cleared")
        await line.connection.send({"type": "input_audio_buffer.commit", "event_id": "nothing"})
        fault = (await line.wait("error"))["error"]
        assert fault["code"] == "input_audio_buffer_commit_empty" and fault["event_id"] == "nothing"


async def test_a_spoken_wish_becomes_a_tool_call_and_its_result_an_answer(server):
    async with call(server, microphone=True) as line:
        await line.configure(tools=[LIGHT])
        await line.say(sound.silence(300) + sound.spoken(REQUEST))
        done = (await line.wait("response.done"))["response"]
        wanted = [item for item in done["output"] if item["type"] == "function_call"]
        assert len(wanted) == 1, done["output"]
        assert wanted[0]["name"] == "set_light"
        assert json.loads(wanted[0]["arguments"]) == {"room": "kitchen", "on": True}
        added = as_added(line, wanted[0]["id"])
        assert added["name"] == "set_light" and added["call_id"] == wanted[0]["call_id"]
        spoken = await answer_to_tool(line, wanted[0]["call_id"], {"ok": True})
        assert spoken["status"] == "completed" and line.spoken(spoken["id"])


async def test_a_required_tool_is_called_with_arguments_of_its_schema(server):
    async with call(server) as line:
        await line.configure(tools=[LIGHT], tool_choice="required", output_modalities=["text"])
        await line.tell("what a lovely day")
        await line.connection.response.create()
        done = (await line.wait("response.done"))["response"]
        arguments = json.loads(done["output"][-1]["arguments"])
        assert set(arguments) <= {"room", "on"} and isinstance(arguments["room"], str)
        assert isinstance(arguments["on"], bool)


async def test_talking_into_the_answer_cuts_it_and_truncates_what_was_not_heard(server):
    async with call(server, microphone=True) as line:
        # Making the sound takes a while; the interruption must be ready when the answer begins.
        interruption = sound.spoken("stop please and turn on the light")
        # Slowly, so that the answer is still being sent: sound may be sent seconds ahead of its being heard.
        await line.configure(audio={"output": {"speed": 0.25}})
        await line.say(sound.silence(300) + sound.spoken(LONG_QUESTION))
        audio = await line.wait("response.output_audio.delta")
        interrupted, begun = audio["response_id"], len(line.events)
        await line.say(interruption)
        started = await line.wait("input_audio_buffer.speech_started", begun)
        first = await line.wait("response.done")
        assert first["response"]["id"] == interrupted
        assert first["response"]["status"] == "cancelled", "the answer was over before it could be interrupted"
        assert first["response"]["status_details"]["reason"] == "turn_detected"
        assert line.events.index(started) < line.events.index(first)
        await truncate(line, audio["item_id"], 1000)
        told = (await line.wait("response.output_audio_transcript.done", response_id=interrupted))["transcript"]
        kept = (await retrieve(line, audio["item_id"]))["content"][0]["transcript"] or ""
        assert told.startswith(kept) and len(kept) < len(told)
        await line.configure(audio={"output": {"speed": 1.0}})
        second = await line.wait("response.done", line.events.index(first) + 1)
        assert second["response"]["status"] == "completed"


async def test_what_was_not_heard_is_forgotten(server):
    async with call(server) as line:
        await line.tell(LONG_QUESTION)
        await line.connection.response.create()
        done = (await line.wait("response.done"))["response"]
        item, told = done["output"][0]["id"], done["output"][0]["content"][0]["transcript"]
        assert (await retrieve(line, item))["content"][0]["transcript"] == told
        await truncate(line, item, len(line.spoken(done["id"])) // sound.BYTES_PER_MS // 2)
        kept = (await retrieve(line, item))["content"][0]["transcript"]
        assert told.startswith(kept.rstrip()) and 0 < len(kept) < len(told)
        await truncate(line, item, 0)
        assert not (await retrieve(line, item))["content"][0]["transcript"]


async def test_truncating_past_the_end_is_clamped(server):
    async with call(server) as line:
        await line.tell("good morning")
        await line.connection.response.create()
        done = (await line.wait("response.done"))["response"]
        length_ms = len(line.spoken(done["id"])) // sound.BYTES_PER_MS
        item = done["output"][0]["id"]
        await line.connection.conversation.item.truncate(item_id=item, content_index=0, audio_end_ms=3_600_000)
        cut = await line.wait("conversation.item.truncated")
        assert abs(cut["audio_end_ms"] - length_ms) <= 1 and not line.of("error")


async def test_an_answer_can_be_cancelled_and_nothing_cannot(server):
    async with call(server) as line:
        await line.tell(LONG_QUESTION)
        await line.connection.response.create()
        created = (await line.wait("response.created"))["response"]
        await line.connection.response.cancel(response_id=created["id"])
        done = (await line.wait("response.done"))["response"]
        assert done["id"] == created["id"] and done["status"] == "cancelled"
        assert done["status_details"]["reason"] == "client_cancelled"
        await line.connection.send({"type": "response.cancel", "event_id": "late"})
        fault = (await line.wait("error"))["error"]
        assert fault["code"] == "response_cancel_not_active" and fault["event_id"] == "late"
        assert fault["message"].startswith("Cancellation failed")


async def test_a_text_answer_outside_the_conversation_leaves_it_alone(server):
    async with call(server) as line:
        wish = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "good evening"}]}
        await line.connection.response.create(
            response={
                "conversation": "none",
                "output_modalities": ["text"],
                "input": [wish],
                "metadata": {"topic": "greeting"},
            }
        )
        created = (await line.wait("response.created"))["response"]
        done = (await line.wait("response.done"))["response"]
        assert created["metadata"] == done["metadata"] == {"topic": "greeting"}
        assert done["conversation_id"] is None and done["output_modalities"] == ["text"]
        told = await line.wait("response.output_text.done")
        assert told["text"].strip() and done["output"][0]["content"][0]["text"] == told["text"]
        assert not [e for e in line.events if e["type"].startswith("conversation.item.")]
        assert not line.of("response.output_audio.delta")


async def test_an_unknown_event_is_an_error_and_the_call_goes_on(server):
    async with call(server) as line:
        await line.connection.send_raw(json.dumps({"type": "hearth.sing", "event_id": "song"}))
        fault = (await line.wait("error"))["error"]
        assert fault["type"] == "invalid_request_error" and fault["event_id"] == "song"
        await line.configure(instructions="Go on.")


async def test_items_go_where_they_are_put_and_come_out_again(server):
    async with call(server) as line:
        for name, before in (("first", None), ("third", "first"), ("second", "first")):
            begun = len(line.events)
            content = [{"type": "input_text", "text": name}]
            item = {"id": name, "type": "message", "role": "user", "content": content}
            where = {"previous_item_id": before} if before else {}
            await line.connection.conversation.item.create(item=item, **where)
            added = await line.wait("conversation.item.added", begun)
            assert added["item"]["id"] == name and added["previous_item_id"] == before
        await line.connection.conversation.item.delete(item_id="second")
        await line.wait("conversation.item.deleted", item_id="second")
        await line.connection.conversation.item.retrieve(item_id="second", event_id="gone")
        fault = (await line.wait("error"))["error"]
        assert fault["code"] == "item_retrieve_invalid_item_id" and fault["event_id"] == "gone"


async def test_telephone_sound_is_understood_both_ways(server):
    async with call(server) as line:
        await line.configure(audio={"output": {"format": {"type": "audio/pcmu"}}})
        await line.tell("good morning")
        await line.connection.response.create()
        done = (await line.wait("response.done"))["response"]
        assert done["status"] == "completed" and len(line.spoken(done["id"])) > 8 * 300


def words_in_common(heard, said):
    """How many of the said words were heard."""
    return len(set(heard.lower().replace(",", " ").replace(".", " ").replace("?", " ").split()) & set(said.split()))


def as_added(line, item_id):
    """The item as it was when the server added it."""
    return next(e["item"] for e in line.of("conversation.item.added") if e["item"]["id"] == item_id)


async def truncate(line, item_id, audio_end_ms):
    """Cuts an answer to what was heard."""
    begun = len(line.events)
    await line.connection.conversation.item.truncate(item_id=item_id, content_index=0, audio_end_ms=audio_end_ms)
    cut = await line.wait("conversation.item.truncated", begun)
    assert (cut["item_id"], cut["audio_end_ms"]) == (item_id, audio_end_ms)


async def retrieve(line, item_id):
    """The item as the conversation keeps it."""
    begun = len(line.events)
    await line.connection.conversation.item.retrieve(item_id=item_id)
    return (await line.wait("conversation.item.retrieved", begun))["item"]


async def answer_to_tool(line, call_id, output):
    """Hands the model what its tool returned, and waits for what it says to it."""
    begun = len(line.events)
    item = {"type": "function_call_output", "call_id": call_id, "output": json.dumps(output)}
    await line.connection.conversation.item.create(item=item)
    await line.connection.response.create()
    return (await line.wait("response.done", begun))["response"]
