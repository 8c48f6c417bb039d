"""The example of the README, run as it stands but for the address."""

import re
import subprocess
import sys
import wave

import sound
from server import ROOT


def test_the_example_asks_and_writes_the_answer(server, tmp_path):
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL).group(1)
    code = code.replace("http://127.0.0.1:8080/v1", server.base_url)
    assert server.base_url in code
    with wave.open(str(tmp_path / "question.wav"), "wb") as question:
        question.setparams((1, 2, sound.RATE, 0, "NONE", ""))
        question.writeframes(sound.spoken("good morning"))
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0 and "Hearth:" in ran.stdout, ran.stdout + ran.stderr
    with wave.open(str(tmp_path / "answer.wav")) as answer:
        assert answer.getnframes() > sound.RATE // 4
