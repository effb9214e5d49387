"""What Claude's API is asked: messages, images, tools and parameters, as the server saw them and by its own rules."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.chat_service.providers.anthropic_talk import MODEL, asking, heard, speaking_to
from tests.doubles.anthropic_server import AnthropicServer, Call

from chat_service.providers.anthropic_wire import GO_ON, MAX_OUTPUT_TOKENS, takes_a_budget, wire_messages, wire_options
from chat_service.providers.port import ContextMessage, Image, ModelCall, OfferedTool, Parameters, ToolCall

# As a gateway calls it: the SDK warns of the retirement of some models by their own names.
BUDGETED = "anthropic/claude-sonnet-4.5"
SYSTEM = ContextMessage("system", "Be kind.")
HELLO = ContextMessage("user", "Hello?")
ADD = OfferedTool("add", "Adds numbers.", {"type": "object", "properties": {"a": {"type": "integer"}}})
CALLS_ADD = ContextMessage("assistant", "Let me see.", tool_calls=(ToolCall("toolu_1", "add", '{"a": 1}'),))
CALLS_TWO = ContextMessage("assistant", "", tool_calls=(ToolCall("t1", "add", "{}"), ToolCall("t2", "add", "")))
RESULT = ContextMessage("tool", "2", tool_call_id="toolu_1")


@pytest.fixture
async def server() -> AsyncIterator[AnthropicServer]:
    async with AnthropicServer() as server:
        yield server


async def asked(server: AnthropicServer, call: ModelCall) -> Call:
    """What the server saw; it refuses what breaks the rules of the protocol."""
    async with speaking_to(server.url) as protocol:
        await heard(protocol, call)
    return server.calls[-1]


def text(said: str) -> dict[str, str]:
    return {"type": "text", "text": said}


def said(*contents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Messages of the user and of the model in turn."""
    return [{"role": ("user", "assistant")[place % 2], "content": content} for place, content in enumerate(contents)]


async def test_a_plain_question(server: AnthropicServer) -> None:
    call = await asked(server, asking(SYSTEM, HELLO))
    assert call.body == {
        "model": MODEL,
        "max_tokens": MAX_OUTPUT_TOKENS,
        "stream": True,
        "system": "Be kind.",
        "messages": said([text("Hello?")]),
    }


async def test_a_conversation_takes_turns(server: AnthropicServer) -> None:
    answer = ContextMessage("assistant", "Hi.")
    call = await asked(server, asking(HELLO, answer, ContextMessage("user", "漢字?")))
    assert call.messages == said([text("Hello?")], [text("Hi.")], [text("漢字?")])
    assert "system" not in call.body


async def test_several_system_messages_are_one_text(server: AnthropicServer) -> None:
    call = await asked(server, asking(SYSTEM, ContextMessage("system", "Earlier: a joke."), HELLO))
    assert call.body["system"] == "Be kind.\n\nEarlier: a joke."


async def test_neighbours_of_one_role_are_one_message_and_empty_ones_are_none(server: AnthropicServer) -> None:
    failed = ContextMessage("assistant", " \n")
    call = await asked(server, asking(ContextMessage("user", "One?"), failed, ContextMessage("user", "Two?")))
    assert call.messages == said([text("One?"), text("Two?")])


async def test_a_context_that_was_cut_still_begins_with_a_person(server: AnthropicServer) -> None:
    call = await asked(server, asking(ContextMessage("assistant", "Hi."), HELLO))
    assert [message["role"] for message in call.messages] == ["user", "assistant", "user"]


async def test_an_interrupted_answer_is_asked_to_go_on(server: AnthropicServer) -> None:
    call = await asked(server, asking(HELLO, ContextMessage("assistant", "Once upon ")))
    assert call.messages == said([text("Hello?")], [text("Once upon ")], [text(GO_ON)])


async def test_images_come_before_the_words_about_them(server: AnthropicServer) -> None:
    picture = Image("image/png", b"\x89PNG\x00")
    call = await asked(server, asking(ContextMessage("user", "What is this?", images=(picture,))))
    source = {"type": "base64", "media_type": "image/png", "data": b64encode(picture.data).decode()}
    assert call.messages == said([{"type": "image", "source": source}, text("What is this?")])


async def test_tools_are_offered(server: AnthropicServer) -> None:
    call = await asked(server, asking(HELLO, tools=(ADD,)))
    assert call.body["tools"] == [{"name": "add", "description": "Adds numbers.", "input_schema": ADD.parameters}]
    assert "tool_choice" not in call.body


async def test_a_round_with_a_tool(server: AnthropicServer) -> None:
    call = await asked(server, asking(HELLO, CALLS_ADD, RESULT, tools=(ADD,)))
    use = {"type": "tool_use", "id": "toolu_1", "name": "add", "input": {"a": 1}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": [text("2")]}
    assert call.messages == said([text("Hello?")], [text("Let me see."), use], [result])


async def test_results_of_one_round_are_one_message_and_come_first(server: AnthropicServer) -> None:
    results = ContextMessage("tool", "1", tool_call_id="t1"), ContextMessage("tool", "", tool_call_id="t2")
    call = await asked(server, asking(HELLO, CALLS_TWO, *results, ContextMessage("user", "And?"), tools=(ADD,)))
    assert call.messages[-1]["content"] == [
        {"type": "tool_result", "tool_use_id": "t1", "content": [text("1")]},
        {"type": "tool_result", "tool_use_id": "t2"},
        text("And?"),
    ]


async def test_a_result_may_be_an_image(server: AnthropicServer) -> None:
    drawn = ContextMessage("tool", "", images=(Image("image/png", b"x"),), tool_call_id="toolu_1")
    call = await asked(server, asking(HELLO, CALLS_ADD, drawn, tools=(ADD,)))
    assert [block["type"] for block in call.messages[-1]["content"][0]["content"]] == ["image"]


@pytest.mark.parametrize("arguments", ['{"a": oops', "[1]", "7", '"text"'])
async def test_arguments_that_are_no_object_are_shown_as_they_were_written(
    server: AnthropicServer, arguments: str
) -> None:
    wrong = ContextMessage("assistant", "", tool_calls=(ToolCall("toolu_1", "add", arguments),))
    call = await asked(server, asking(HELLO, wrong, RESULT, tools=(ADD,)))
    assert call.messages[1]["content"][0]["input"] == {"INVALID_JSON": arguments}


async def test_calls_of_another_provider_s_model_keep_their_results(server: AnthropicServer) -> None:
    foreign = ContextMessage("assistant", "", tool_calls=(ToolCall("call.1|añ", "add", "{}"),))
    result = ContextMessage("tool", "2", tool_call_id="call.1|añ")
    call = await asked(server, asking(HELLO, foreign, result, tools=(ADD,)))
    assert call.messages[1]["content"][0]["id"] == call.messages[2]["content"][0]["tool_use_id"] == "call_1_a_"


async def test_a_last_round_without_tools_names_those_that_were_called(server: AnthropicServer) -> None:
    call = await asked(server, asking(HELLO, CALLS_ADD, RESULT))
    assert [tool["name"] for tool in call.body["tools"]] == ["add"]
    assert call.body["tool_choice"] == {"type": "none"}


async def test_limit_and_stops(server: AnthropicServer) -> None:
    call = await asked(server, asking(parameters=Parameters(max_output_tokens=77, stop=("END", " \n"))))
    assert (call.body["max_tokens"], call.body["stop_sequences"]) == (77, ["END"])


@pytest.mark.parametrize(
    ("parameters", "sampling"),
    [
        (Parameters(temperature=0.0), {"temperature": 0.0}),
        (Parameters(top_p=0.5), {"top_p": 0.5}),
        (Parameters(temperature=0.2, top_p=0.5), {"temperature": 0.2}),
    ],
)
async def test_sampling_is_asked_for_in_the_version_that_still_knows_it(
    server: AnthropicServer, parameters: Parameters, sampling: dict[str, float]
) -> None:
    call = await asked(server, asking(parameters=parameters))
    assert {name: call.body[name] for name in ("temperature", "top_p") if name in call.body} == sampling
    assert call.headers["anthropic-version"] == "2023-06-01"


async def test_without_sampling_the_newest_version_is_spoken(server: AnthropicServer) -> None:
    call = await asked(server, asking())
    assert call.headers["anthropic-version"] == "2026-10-21"


@pytest.mark.parametrize(
    ("parameters", "budget", "limit"),
    [
        (Parameters(reasoning_effort="minimal"), 1_024, 17_408),
        (Parameters(reasoning_effort="high"), 12_288, 28_672),
        (Parameters(reasoning_effort="high", max_output_tokens=4_000), 2_000, 4_000),
        (Parameters(reasoning_effort="high", temperature=0.3), 12_288, 28_672),
    ],
)
async def test_older_models_get_a_budget_within_the_limit_and_no_sampling(
    server: AnthropicServer, parameters: Parameters, budget: int, limit: int
) -> None:
    call = await asked(server, asking(model=BUDGETED, parameters=parameters))
    assert call.body["thinking"] == {"type": "enabled", "budget_tokens": budget}
    assert call.body["max_tokens"] == limit
    assert "temperature" not in call.body


async def test_a_limit_too_low_for_thoughts_leaves_them_out(server: AnthropicServer) -> None:
    parameters = Parameters(reasoning_effort="high", max_output_tokens=2_000)
    call = await asked(server, asking(model=BUDGETED, parameters=parameters))
    assert "thinking" not in call.body
    assert call.body["max_tokens"] == 2_000


@pytest.mark.parametrize(
    ("effort", "told"), [("minimal", "low"), ("low", "low"), ("medium", "medium"), ("high", "high")]
)
async def test_newer_models_get_an_effort_and_show_their_thoughts(
    server: AnthropicServer, effort: Any, told: str
) -> None:
    call = await asked(server, asking(parameters=Parameters(reasoning_effort=effort)))
    assert call.body["thinking"] == {"type": "adaptive", "display": "summarized"}
    assert call.body["output_config"] == {"effort": told}
    assert call.body["max_tokens"] > MAX_OUTPUT_TOKENS


@pytest.mark.parametrize("model", [MODEL, BUDGETED])
@pytest.mark.parametrize("messages", [(HELLO,), (HELLO, CALLS_ADD, RESULT)])
async def test_no_thoughts_where_they_would_have_to_be_sent_back(
    server: AnthropicServer, model: str, messages: tuple[ContextMessage, ...]
) -> None:
    parameters = Parameters(reasoning_effort="high", temperature=0.5)
    call = await asked(server, asking(*messages, model=model, parameters=parameters, tools=(ADD,)))
    assert "thinking" not in call.body
    assert call.body["max_tokens"] == MAX_OUTPUT_TOKENS
    assert call.body["temperature"] == 0.5


@pytest.mark.parametrize(
    ("model", "is_so"),
    [
        ("claude-3-7-sonnet-20250219", True),
        ("claude-3-5-haiku-latest", True),
        ("claude-sonnet-4-20250514", True),
        ("claude-opus-4-1", True),
        ("claude-opus-4-5-20251101", True),
        ("anthropic/claude-sonnet-4.5", True),
        ("anthropic.claude-haiku-4-5-20251001-v1:0", True),
        ("claude-sonnet-4-6", False),
        ("claude-opus-4-10", False),
        ("claude-sonnet-5", False),
        ("claude-opus-5-5", False),
        ("claude-mythos-preview", False),
        ("another-model", False),
    ],
)
def test_models_that_take_a_budget_are_known_by_their_version(model: str, is_so: bool) -> None:
    assert takes_a_budget(model) is is_so


WORDS = st.sampled_from(["", " ", "a", "b c"])
ROUND = st.lists(st.integers(1, 3), max_size=3)


@given(st.lists(st.tuples(st.sampled_from(["system", "user", "assistant"]), WORDS, ROUND), max_size=12))
def test_whatever_the_context_the_roles_take_turns(turns: list[tuple[Any, str, list[int]]]) -> None:
    """As the server checks it: turns, no empty text, and every result right behind its call."""
    context: list[ContextMessage] = [HELLO]
    for role, words, sizes in turns:
        context.append(ContextMessage(role, words))
        for size in sizes if role == "assistant" else ():
            calls = tuple(ToolCall(f"t{len(context)}-{place}", "add", "{}") for place in range(size))
            context.append(ContextMessage("assistant", words, tool_calls=calls))
            context.extend(ContextMessage("tool", words, tool_call_id=call.id) for call in calls)
    call = asking(*context)
    body = {"max_tokens": 1, "messages": wire_messages(call.messages), **wire_options(call)}
    assert Call(body, {"anthropic-version": "2026-10-21"}).broken_rule() is None
