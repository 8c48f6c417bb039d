"""Spoken turns in a real browser: a recording in the microphone, and an ear at the loudspeaker."""

import json

import listener
import sound
from listener import Visit

WISH = "turn on the kitchen light"
GREETING = "good morning how are you"
KITCHEN = "document.querySelector('[data-room=kitchen]').classList.contains('lit')"


def test_a_spoken_wish_is_written_down_carried_out_and_answered_aloud(server, playwright, tmp_path):
    recording = listener.save(sound.silence(700) + sound.spoken(WISH) + sound.silence(500), tmp_path / "wish.wav")
    with listener.chromium(playwright, recording) as browser, Visit(browser, server) as visit:
        assert not visit.page.evaluate(KITCHEN)
        visit.one("#talk").click()
        visit.wait(f"() => {KITCHEN}", 30)
        answer = visit.hear_answer()
        heard = set(visit.one("#log .user .words").first.inner_text().lower().strip(".?!").split())
        assert len(heard & set(WISH.split())) >= 4, heard
        card = visit.one("#log .tool")
        assert "set_light" in card.inner_text() and "The kitchen light is on" in card.inner_text()
        assert sound.loudness(answer) > 0.01
        said = visit.one("#log .assistant .words").last.inner_text().lower().strip(".")
        if "light" in said:
            assert "light" in listener.understood(answer), (said, listener.understood(answer))
        assert visit.one("#turns li").count() == 1
        assert visit.one("#turns .way").count() == 1, "the time line ends in the ear"
        states = visit.page.evaluate("ear.states.map(({ state }) => state)")
        kept = [state for at, state in enumerate(states) if at == 0 or states[at - 1] != state]
        order = iter(kept)
        assert all(state in order for state in ("listening", "thinking", "speaking", "idle")), kept


def test_holding_the_button_is_a_turn_by_mouse_and_by_key(server, playwright, tmp_path):
    greeting = sound.silence(500) + sound.spoken(GREETING) + sound.silence(300)
    recording = listener.save(greeting, tmp_path / "greeting.wav")
    with listener.chromium(playwright, recording) as browser, Visit(browser, server) as visit:
        visit.one("input[value=hold]").check()
        visit.one("#talk").hover()
        visit.page.mouse.down()
        visit.wait("() => ear.heard.length > 120")
        visit.page.mouse.up()
        assert sound.loudness(visit.hear_answer()) > 0.01
        heard = set(visit.one("#log .user .words").first.inner_text().lower().strip(".?!").split())
        assert len(heard & set(GREETING.split())) >= 3, heard
        detections = [update(frame) for frame in visit.sent if '"session.update"' in frame]
        assert detections[-1]["audio"]["input"]["turn_detection"] is None
        before = len(visit.sent)
        visit.one("#talk").focus()
        visit.page.keyboard.down(" ")
        visit.page.wait_for_timeout(400)
        visit.page.keyboard.up(" ")
        visit.wait("() => document.getElementById('talk').dataset.state !== 'listening'")
        assert any('"input_audio_buffer.commit"' in frame for frame in visit.sent[before:])


def test_talking_into_the_answer_stops_it_at_once_and_strikes_out_what_was_not_heard(server, playwright, tmp_path):
    recording = listener.save(
        sound.silence(600) + sound.spoken("stop please and turn on the light") + sound.silence(300),
        tmp_path / "stop.wav",
    )
    with listener.chromium(playwright, recording) as browser, Visit(browser, server) as visit:
        visit.page.evaluate("localStorage.setItem('hearth.settings', JSON.stringify({ speed: 0.5 }))")
        visit.page.reload()
        visit.write("what can you do")
        visit.wait("() => ear.played.some(({ loudness }) => loudness > 0.05)", 30)
        visit.one("#talk").click()
        visit.wait("() => ear.states.some(({ state }) => state === 'listening')", 15)
        visit.one("#log s").wait_for()
        assert visit.one("#log s").first.inner_text().strip()
        times = visit.page.evaluate(
            """() => {
              // Pieces reach the page late when it is busy: the least late of all ties the clock of the sound to the page's.
              const lag = Math.min(...[...ear.heard, ...ear.played].map(({ at, now }) => now - at * 1000));
              const time = ({ at }) => at * 1000 + lag;
              const noticed = ear.states.find(({ state }) => state === "listening").now;
              const voice = ear.heard.find(({ loudness }) => loudness > 0.05);
              const answer = ear.played.filter((piece) => piece.loudness > 0.02 && time(piece) < noticed + 1000);
              return { noticed, began: time(voice), stopped: time(answer.at(-1)) };
            }"""
        )
        after_notice, after_voice = times["stopped"] - times["noticed"], times["stopped"] - times["began"]
        print(f"silent {after_notice:.0f} ms after the server heard the voice, {after_voice:.0f} ms after it began")
        assert after_notice < 150
        assert after_voice < 900


def update(frame):
    """The session of a session.update."""
    return json.loads(frame)["session"]
