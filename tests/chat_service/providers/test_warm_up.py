"""Warming up: a real provider's packages are loaded at the start, and the demo model's start stays light."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from tests.chat_service.providers.listening import heard, text_of
from tests.doubles.openai_server import OpenAIServer

from chat_service.providers.offering import catalog_for
from chat_service.providers.openai_protocol import OpenAIProtocol
from chat_service.providers.warm_up import warm_up
from chat_service.settings import ChatSettings
from service_kit.testing import INTERNAL_TOKEN

HEAVY = ["openai", "anthropic", "genai_prices", "rs_bpe"]
# Runs in a process of its own, because a module once loaded by another test stays loaded.
START = """
import asyncio, json, sys
from chat_service.providers.offering import catalog_for
from chat_service.providers.warm_up import warm_up
from chat_service.settings import ChatSettings

async def start():
    catalog = catalog_for(ChatSettings(_env_file=None, **json.loads(sys.argv[1])))
    before = [name for name in json.loads(sys.argv[2]) if name in sys.modules]
    await warm_up(catalog)
    after = [name for name in json.loads(sys.argv[2]) if name in sys.modules]
    await catalog.close()
    print(json.dumps([before, after]))

asyncio.run(start())
"""


def loaded_at_start(**settings: Any) -> list[list[str]]:
    settings = {"internal_api_token": INTERNAL_TOKEN, **settings}
    started = subprocess.run(
        [sys.executable, "-c", START, json.dumps(settings), json.dumps(HEAVY)],
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    return list(json.loads(started.stdout))


@pytest.mark.parametrize("settings", [{"openai_api_key": "sk-x"}, {"openai_base_url": "http://127.0.0.1:9/v1"}])
def test_a_real_provider_is_loaded_by_the_warm_up_and_not_before(settings: dict[str, str]) -> None:
    before, after = loaded_at_start(**settings)
    assert before == []
    assert {"openai", "genai_prices"} <= set(after)


def test_the_demo_model_loads_none_of_it() -> None:
    assert loaded_at_start() == [[], []]


async def test_a_warm_provider_answers(server: OpenAIServer) -> None:
    catalog = catalog_for(
        ChatSettings(internal_api_token=INTERNAL_TOKEN, openai_base_url=server.url, openai_model="a,b", _env_file=None)
    )
    await warm_up(catalog)
    provider = catalog.default.provider
    assert isinstance(provider, OpenAIProtocol)
    assert text_of(await heard(provider)) == "You said: Hello?"
    await catalog.close()
