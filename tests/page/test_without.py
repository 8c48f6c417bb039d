"""The page where something is missing or not allowed: plain help, and the rest still works."""

import listener
from listener import Visit


def test_a_denied_microphone_gets_plain_help(server, playwright):
    with listener.chromium(playwright, allowed=False) as browser, Visit(browser, server) as visit:
        visit.one("#talk").click()
        visit.one("#help").wait_for()
        assert "allow the microphone" in visit.one("#help").inner_text()
        assert visit.one("#talk").get_attribute("aria-pressed") == "false"
        visit.write("good morning")
        visit.one("#log .assistant").wait_for()


def test_a_missing_camera_and_microphone_get_plain_help(server, playwright):
    with listener.chromium(playwright, devices=False) as browser, Visit(browser, server) as visit:
        visit.one("#camera-switch").click()
        visit.one("#camera-help").wait_for()
        assert "There is no camera here" in visit.one("#camera-help").inner_text()
        visit.one("#talk").click()
        visit.one("#help").wait_for()
        assert "There is no microphone here" in visit.one("#help").inner_text()
