"""The order that clients rely on: what must come before what in a stream of server events."""


def faults(events):
    """Everything out of order, one line each; an empty list for a good stream."""
    found = []
    if events and events[0]["type"] != "session.created":
        found.append(f"the first event is {events[0]['type']}, not session.created")
    found += _repeated([e.get("event_id") for e in events], "event_id")
    found += _turns(events)
    found += _items(events)
    for created in (e for e in events if e["type"] == "response.created"):
        found += _response(created["response"]["id"], events)
    return found


def _repeated(names, what):
    seen, twice = set(), []
    for name in names:
        if name is None or name in seen:
            twice.append(f"{what} {name} is missing or used twice")
        seen.add(name)
    return twice


def _turns(events):
    """speech_started, speech_stopped and committed carry one item id, in this order, with times that grow."""
    found, open_turn, last_ms = [], None, -1
    for event in events:
        kind = event["type"]
        if kind == "input_audio_buffer.speech_started":
            if event["audio_start_ms"] < last_ms:
                found.append(f"speech starts at {event['audio_start_ms']} ms, before {last_ms} ms")
            open_turn, last_ms = event["item_id"], event["audio_start_ms"]
        elif kind == "input_audio_buffer.speech_stopped":
            if open_turn != event["item_id"]:
                found.append(f"speech_stopped of {event['item_id']} while {open_turn} is open")
            if event["audio_end_ms"] <= last_ms:
                found.append(f"speech ends at {event['audio_end_ms']} ms, but began at {last_ms} ms")
            last_ms = event["audio_end_ms"]
        elif kind == "input_audio_buffer.committed" and open_turn is not None:
            if open_turn != event["item_id"]:
                found.append(f"committed {event['item_id']}, but {open_turn} was spoken")
            open_turn = None
    return found


def _items(events):
    """Items are added once, then done once, after one that is known; transcripts come after their item."""
    found, added, done, order = [], set(), set(), []
    for event in events:
        kind = event["type"]
        if kind == "conversation.item.added":
            item, before = event["item"]["id"], event.get("previous_item_id")
            if before is not None and before not in order:
                found.append(f"{item} is added after {before}, which nobody knows")
            if item in added:
                found.append(f"{item} is added twice")
            added.add(item)
            order.append(item)
        elif kind == "conversation.item.done":
            item = event["item"]["id"]
            if item not in added or item in done:
                found.append(f"{item} is done twice, or before it is added")
            done.add(item)
        elif kind.startswith("conversation.item.input_audio_transcription.") and event["item_id"] not in added:
            found.append(f"{kind} of {event['item_id']} before it is added")
    return found + [f"{item} is added but never done" for item in added - done if not _ends_open(item, events)]


def _ends_open(item, events):
    """An answer may still be in the making when the stream ends."""
    owner = [e["response_id"] for e in events if e["type"] == "response.output_item.added" and e["item"]["id"] == item]
    closed = [e["response"]["id"] for e in events if e["type"] == "response.done"]
    return bool(owner) and owner[0] not in closed


# What closes in an output item, and what must have been opened before; positions within one response.
_AFTER = [
    ("response.output_item.added", "response.content_part.added"),
    ("response.content_part.added", "response.output_audio_transcript.delta"),
    ("response.content_part.added", "response.output_audio.delta"),
    ("response.content_part.added", "response.output_text.delta"),
    ("response.output_audio.delta", "response.output_audio.done"),
    ("response.output_audio_transcript.delta", "response.output_audio_transcript.done"),
    ("response.output_text.delta", "response.output_text.done"),
    ("response.output_audio.done", "response.content_part.done"),
    ("response.output_audio_transcript.done", "response.content_part.done"),
    ("response.output_text.done", "response.content_part.done"),
    ("response.content_part.done", "response.output_item.done"),
    ("response.output_item.added", "response.function_call_arguments.delta"),
    ("response.function_call_arguments.delta", "response.function_call_arguments.done"),
    ("response.function_call_arguments.done", "response.output_item.done"),
    ("response.output_item.added", "response.output_item.done"),
]


def _response(name, events):
    """Everything of one response lies between its created and its done, opened before filled before closed."""
    mine = [e for e in events if e.get("response_id", e.get("response", {}).get("id")) == name]
    kinds = [e["type"] for e in mine]
    found = [] if kinds[0] == "response.created" else [f"{name} begins with {kinds[0]}"]
    if "response.done" not in kinds:
        return found
    if kinds[-1] != "response.done" or kinds.count("response.done") > 1:
        found.append(f"{name} goes on after response.done: {kinds}")
    for index in sorted({e["output_index"] for e in mine if "output_index" in e}):
        found += _output(name, [e for e in mine if e.get("output_index") == index])
    return found + _told_whole(name, mine)


def _output(name, mine):
    kinds = [e["type"] for e in mine]
    found = []
    for first, second in _AFTER:
        if first in kinds and second in kinds and _last(kinds, first, second) > kinds.index(second):
            found.append(f"{name}: {second} before {first}: {kinds}")
        if second in kinds and second.endswith(".delta") and first not in kinds:
            found.append(f"{name}: {second} without {first}: {kinds}")
    if kinds.count("response.output_item.added") != kinds.count("response.output_item.done"):
        found.append(f"{name}: an output item is opened but not closed: {kinds}")
    return found


def _last(kinds, first, second):
    """Position that must lie before `second`: of the last delta for what closes, else of the first event."""
    closes = second.endswith(".done")
    return len(kinds) - 1 - kinds[::-1].index(first) if closes else kinds.index(first)


def _told_whole(name, mine):
    """The deltas put together are what the closing event says."""
    found = []
    for stem, field in (
        ("response.output_audio_transcript", "transcript"),
        ("response.output_text", "text"),
        ("response.function_call_arguments", "arguments"),
    ):
        for done in (e for e in mine if e["type"] == f"{stem}.done"):
            parts = [e["delta"] for e in mine if e["type"] == f"{stem}.delta" and e["item_id"] == done["item_id"]]
            if "".join(parts) != done[field]:
                found.append(f"{name}: the deltas say {''.join(parts)!r}, {stem}.done says {done[field]!r}")
    return found
