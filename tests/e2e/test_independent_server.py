"""Parley against an OpenAI-compatible server that we did not write: what we believe of the protocol, it believes too.

The first run installs that server (about a minute and 600 MB in `.venv-litellm`); later runs only start it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from tests.doubles.openai_script import fragmented_tool_call
from tests.doubles.openai_server import OpenAIServer
from tests.e2e.independent_server import (
    KEY,
    MODEL,
    RELAYED_MODEL,
    SAYS,
    STREAMED_MODEL,
    IndependentServer,
    NotInstalled,
    start,
)

from chat_service.main import build
from chat_service.models import ChatTable
from chat_service.providers.anthropic_protocol import AnthropicProtocol
from chat_service.providers.openai_protocol import OpenAIProtocol
from chat_service.providers.port import ContextMessage, Delta, Finish, ModelCall, ProviderRefusedCall, Usage
from chat_service.settings import ChatSettings
from service_kit.testing import INTERNAL_TOKEN, Issuer, created_tables, served

pytestmark = [pytest.mark.independent_server, pytest.mark.xdist_group("independent_server"), pytest.mark.timeout(900)]

NOT_SERVED = "a-model-it-does-not-serve"
CATALOGUE = """
[[providers]]
name = "independent"
kind = "openai-compatible"
base_url = "{url}"

[[models]]
name = "independent-3"
provider = "independent"
context_window = 32000
capabilities = ["tools"]
"""
QUESTION = (ContextMessage("system", "Be kind."), ContextMessage("user", "Who are you?"))


@pytest.fixture(scope="module")
def independent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndependentServer]:
    try:
        server = start(tmp_path_factory.mktemp("litellm"))
    except NotInstalled as error:
        pytest.fail(str(error), pytrace=False)
    yield server
    server.stop()


@pytest.fixture
async def protocol(independent: IndependentServer) -> AsyncIterator[OpenAIProtocol]:
    protocol = OpenAIProtocol(name="openai-compatible", api_key=KEY, base_url=independent.url)
    yield protocol
    await protocol.close()


@pytest.fixture
async def claude(independent: IndependentServer) -> AsyncIterator[AnthropicProtocol]:
    """The same server by its other door, which speaks Claude's own API."""
    claude = AnthropicProtocol(name="anthropic", api_key=KEY, base_url=independent.url)
    yield claude
    await claude.close()


@dataclass
class Chat:
    """A whole chat-service that was configured with the independent server, and one person who talks to it."""

    client: httpx2.AsyncClient

    async def ask(self, model: str) -> dict[str, Any]:
        started = await self.client.post("/conversations", json={"model": model})
        question = {"client_message_id": str(uuid4()), "content": "Who are you?"}
        answer = await self.client.post(f"/conversations/{started.json()['id']}/messages", json=question)
        assert answer.status_code == 201, answer.text
        return dict(answer.json()["reply"])


@pytest.fixture
async def chat(independent: IndependentServer, tmp_path: Path) -> AsyncIterator[Chat]:
    offered = {"openai_base_url": independent.url, "openai_model": f"{MODEL},{NOT_SERVED}"}
    async with running(tmp_path, openai_api_key=KEY, **offered) as chat:
        yield chat


@pytest.fixture
async def chat_with_tools(
    independent: IndependentServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Chat]:
    catalogue = tmp_path / "models.toml"
    catalogue.write_text(CATALOGUE.format(url=independent.url))
    monkeypatch.setenv("INDEPENDENT_API_KEY", KEY)
    async with running(tmp_path, models_file=catalogue) as chat:
        yield chat


@asynccontextmanager
async def running(folder: Path, **settings: Any) -> AsyncIterator[Chat]:
    """Run a chat-service with these settings, and somebody who talks to it."""
    url = f"sqlite+aiosqlite:///{folder / 'chat.db'}"
    issuer = Issuer()
    chosen = ChatSettings(internal_api_token=INTERNAL_TOKEN, chat_database_url=url, _env_file=None, **settings)
    async with (
        created_tables(url, ChatTable.metadata),
        served(build(chosen, keys=issuer.keys)) as address,
        httpx2.AsyncClient(base_url=address, headers=issuer.bearer(), timeout=60) as client,
    ):
        yield Chat(client)


async def test_its_stream_is_understood(protocol: OpenAIProtocol) -> None:
    pieces = [piece async for piece in protocol.stream(ModelCall(MODEL, QUESTION))]
    texts = [piece.text for piece in pieces if isinstance(piece, Delta)]
    assert "".join(texts) == SAYS
    assert len(texts) > 5
    assert Finish("stop") in pieces


async def test_its_usage_is_heard(protocol: OpenAIProtocol) -> None:
    pieces = [piece async for piece in protocol.stream(ModelCall(MODEL, QUESTION))]
    usages = [piece for piece in pieces if isinstance(piece, Usage)]
    assert len(usages) == 1
    assert usages[0].input_tokens > 0
    assert usages[0].output_tokens > 0


async def test_its_refusal_is_named(protocol: OpenAIProtocol) -> None:
    with pytest.raises(ProviderRefusedCall):
        await anext(protocol.stream(ModelCall(NOT_SERVED, QUESTION)))


async def test_its_stream_and_usage_in_claude_s_api_are_understood(claude: AnthropicProtocol) -> None:
    pieces = [piece async for piece in claude.stream(ModelCall(STREAMED_MODEL, QUESTION))]
    texts = [piece.text for piece in pieces if isinstance(piece, Delta)]
    usages = [piece for piece in pieces if isinstance(piece, Usage)]
    assert "".join(texts) == SAYS
    assert len(texts) > 5
    assert Finish("stop") in pieces
    assert len(usages) == 1
    assert usages[0].input_tokens > 0
    assert usages[0].output_tokens > 0


async def test_its_whole_message_in_claude_s_api_is_understood(claude: AnthropicProtocol) -> None:
    pieces = [piece async for piece in claude.stream(ModelCall(MODEL, QUESTION))]
    assert pieces[:2] == [Delta(SAYS), Finish("stop")]
    assert isinstance(pieces[2], Usage)


async def test_its_refusal_in_claude_s_api_is_named(claude: AnthropicProtocol) -> None:
    with pytest.raises(ProviderRefusedCall):
        await anext(claude.stream(ModelCall(NOT_SERVED, QUESTION)))


async def test_a_person_gets_its_answer_with_its_usage(chat: Chat) -> None:
    reply = await chat.ask(MODEL)
    assert (reply["content"], reply["outcome"], reply["usage_source"]) == (SAYS, "finished", "provider")
    assert (reply["model"], reply["provider"]) == (MODEL, "openai-compatible")
    assert reply["output_tokens"] > 0


async def test_a_model_it_does_not_serve_is_a_failed_turn_that_says_so(chat: Chat) -> None:
    reply = await chat.ask(NOT_SERVED)
    assert (reply["outcome"], reply["error_code"]) == ("failed", "provider_refused_call")
    assert "refused this request" in reply["error_detail"]


async def test_a_tool_that_it_asks_for_is_run_and_told_to_it(
    chat_with_tools: Chat, independent: IndependentServer
) -> None:
    async with OpenAIServer(port=independent.behind_port) as behind:
        behind.will_call_tools(fragmented_tool_call("calculator", {"expression": "6 * 7"}))
        behind.will_say("It is 42.")
        reply = await chat_with_tools.ask(RELAYED_MODEL)
    assert (reply["content"], reply["outcome"]) == ("It is 42.", "finished")
    assert [(step["name"], step["state"], step["result"]) for step in reply["steps"]] == [("calculator", "done", "42")]
    assert list(behind.calls[1].tool_results.values()) == ["42"]
