"""Who is let in, and what is told over plain HTTP."""

import urllib.request

import openai
import pytest
from websockets.exceptions import InvalidStatus

from call import call


async def test_the_right_key_opens(locked_server):
    async with call(locked_server, api_key="open sesame") as line:
        assert line.events[0]["type"] == "session.created"


async def test_a_wrong_key_is_refused_in_json(locked_server):
    with pytest.raises(InvalidStatus) as refused:
        async with call(locked_server, api_key="wrong"):
            pass
    response = refused.value.response
    assert response.status_code == 401 and b'"invalid_api_key"' in response.body


def test_the_models_are_listed(server):
    client = openai.OpenAI(base_url=server.base_url, api_key="any", max_retries=0)
    assert "pocket" in [model.id for model in client.models.list()]


def test_a_wrong_key_does_not_see_the_models(locked_server):
    client = openai.OpenAI(base_url=locked_server.base_url, api_key="wrong", max_retries=0)
    with pytest.raises(openai.AuthenticationError):
        client.models.list()


def test_health_and_metrics_are_there(server):
    for path, says in (("/healthz", ""), ("/readyz", ""), ("/metrics", "# EOF"), ("/", "<html")):
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=5) as answer:
            assert answer.status == 200 and says in answer.read().decode()
