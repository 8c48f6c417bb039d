"""Everything else that the page promises: consent, writing, pictures, sounds, the camera, settings, mending, plain help."""

import json

import listener
import pytest
import sound
from listener import Visit
from server import ROOT, Server

AXE = ROOT / "web-demo/node_modules/axe-core/axe.min.js"


def test_nothing_is_sent_before_the_person_wants_it(server, quiet):
    with Visit(quiet, server) as visit:
        visit.page.wait_for_timeout(1500)
        assert not visit.sockets
        assert visit.one("#talk").inner_text() == "Talk"
        visit.write("good morning")
        visit.one("#log .assistant").wait_for()
        assert len(visit.sockets) == 1
        assert not any('"input_audio_buffer.append"' in frame for frame in visit.sent), "nobody pressed Talk"


def test_a_written_wish_changes_the_home(server, quiet):
    with Visit(quiet, server) as visit:
        visit.write("turn on the kitchen light")
        visit.wait("() => document.querySelector('[data-room=kitchen]').classList.contains('lit')")
        assert "Lights on: kitchen" in visit.one("#things").text_content()
        assert sound.loudness(visit.hear_answer()) > 0.01


def test_a_picture_is_sent_and_the_page_tells_that_nobody_sees_it(server, quiet, tmp_path):
    with Visit(quiet, server) as visit:
        sees = visit.page.evaluate("fetch('v1/models').then((answer) => answer.json())")["data"][0]["input_modalities"]
        visit.one("#file").set_input_files(listener.picture(tmp_path / "red.png"))
        visit.one("#tray img").wait_for()
        visit.write("good morning")
        visit.one("#log img").wait_for()
        visit.one("#log .assistant .words").wait_for()
        assert any('"input_image"' in frame and "data:image/jpeg;base64," in frame for frame in visit.sent)
        if "image" not in sees:
            assert "cannot see" in visit.one("#log small").first.inner_text()
            assert "cannot see" in visit.one("#sight").inner_text()


def test_a_sound_file_is_written_down_beside_the_conversation(server, quiet, tmp_path):
    with Visit(quiet, server) as visit:
        wish = listener.save(sound.spoken("turn on the kitchen light"), tmp_path / "wish.wav")
        visit.one("#file").set_input_files(wish)
        visit.wait("() => /kitchen light/i.test(document.querySelector('#log .user')?.textContent)")
        assert "wish.wav" in visit.one("#log small").inner_text()
        assert visit.one("#log .assistant").count() == 0
        visit.one("#file").set_input_files({"name": "noise.wav", "mimeType": "audio/wav", "buffer": b"no sound"})
        visit.one("#log .remark").wait_for()
        assert "cannot be read" in visit.one("#log .remark").inner_text()


def test_the_camera_shows_what_it_sent(server, quiet):
    with Visit(quiet, server) as visit:
        visit.one("#camera-switch").click()
        visit.wait("() => document.getElementById('preview').videoWidth > 0")
        assert visit.one("#frames img").count() == 0, "nothing goes out before somebody says something"
        visit.write("good morning")
        visit.one("#frames img").wait_for()
        frames = [json.loads(frame) for frame in visit.sent if '"input_image"' in frame]
        assert len(frames) == 1
        assert visit.one("#frames img").get_attribute("src") == frames[0]["item"]["content"][0]["image_url"]
        visit.one("#camera-switch").click()
        assert visit.page.evaluate("document.getElementById('preview').srcObject") is None


def test_settings_reach_the_session_and_stay(server, quiet):
    with Visit(quiet, server) as visit:
        visit.one("#open-settings").click()
        visit.one("#speed").fill("1.5")
        visit.one("#instructions").fill("You are a parrot.")
        visit.one("#tools input[value=set_lock]").uncheck()
        assert visit.one("#voice").evaluate("(list) => list.options.length") >= 1
        visit.page.get_by_role("button", name="Done").click()
        visit.page.reload()
        visit.write("good morning")
        visit.one("#log .assistant").wait_for()
        session = next(json.loads(frame)["session"] for frame in visit.sent if '"session.update"' in frame)
        assert session["instructions"] == "You are a parrot." and session["audio"]["output"]["speed"] == 1.5
        names = [tool["name"] for tool in session["tools"]]
        assert "set_light" in names and "set_lock" not in names


def test_a_broken_line_is_shown_and_mended(quiet, tmp_path):
    server = Server(log=tmp_path / "log")
    with server, Visit(quiet, server) as visit:
        visit.write("good morning")
        visit.hear_answer()
        server.__exit__()
        visit.one("#status[data-state=lost]").wait_for()
        assert "Trying again" in visit.one("#status").inner_text()
        server.__enter__()
        visit.one("#status[data-state=open]").wait_for(timeout=30_000)
        again = [json.loads(frame) for frame in visit.sent if '"conversation.item.create"' in frame]
        assert again[-1]["item"]["role"] == "assistant", "the new session is told what was said before"
        visit.write("turn on the kitchen light")
        visit.wait("() => document.querySelector('[data-room=kitchen]').classList.contains('lit')")


def test_a_server_with_a_key_asks_for_it(quiet, tmp_path):
    with Server("--api-key", "open-sesame", log=tmp_path / "log") as server, Visit(quiet, server) as visit:
        visit.write("good morning")
        visit.wait("() => /wants a key/.test(document.getElementById('status').textContent)")
        visit.one("#open-settings").click()
        visit.one("#key").fill("open-sesame")
        visit.page.get_by_role("button", name="Done").click()
        visit.one("#log .assistant").wait_for(timeout=30_000)


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_no_serious_barrier_is_found(server, quiet, colours):
    with Visit(quiet, server, color_scheme=colours) as visit:
        visit.one("#camera-switch").click()
        visit.write("turn on the kitchen light")
        visit.one("#log .tool").wait_for()
        visit.hear_answer()
        barriers = serious(visit)
        visit.one("#open-settings").click()
        assert not (barriers + serious(visit))


def test_a_narrow_window_scrolls_in_one_direction_only(server, quiet):
    with Visit(quiet, server) as visit:
        visit.page.set_viewport_size({"width": 360, "height": 740})
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360
        assert visit.one("#talk").bounding_box()["y"] < 740, "the button is to be seen at once"


def serious(visit):
    """What axe-core finds that shuts somebody out."""
    visit.page.evaluate(AXE.read_text())
    found = visit.page.evaluate("axe.run().then(({ violations }) => violations)")
    return [
        f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
