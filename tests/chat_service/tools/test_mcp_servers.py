"""MCP servers as tools: a program and an address, each a real server, through the official SDK."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from tests.chat_service.tools.servers import Connected, HttpServer, address, program, supervised
from tests.service_kit.patience import until

from chat_service.tools.toolbox import MAX_RESULT_BYTES

OWN_TOOLS = {"die", "echo", "fail", "hang", "huge", "learn", "picture", "process", "search_web", "variable"}


@pytest.fixture(params=["program", "stream", "json"])
async def double(request: pytest.FixtureRequest) -> AsyncIterator[Connected]:
    """One connected server: a program, or an address that answers with streams, or with plain JSON."""
    if request.param == "program":
        async with supervised(program(), look_seconds=0.01) as connected:
            await connected.until_available()
            yield connected
        return
    server = HttpServer(json_response=request.param == "json")
    async with server.running(), supervised(address(server.port), look_seconds=0.01) as connected:
        await connected.until_available()
        yield connected


async def test_its_tools_are_offered_under_names_that_models_may_use(double: Connected) -> None:
    assert double.names == {f"double__{name}" for name in OWN_TOOLS}
    (search,) = [tool for tool in double.toolbox.offered if tool.name == "double__search_web"]
    assert search.description == "Has a name that the OpenAI protocol does not allow."
    assert search.parameters["required"] == ["query"]


async def test_a_call_reaches_the_tool_when_its_arguments_fit(double: Connected) -> None:
    assert (await double.call("echo", '{"text": "gr\u00fc\u00df dich"}')).result == "gr\u00fc\u00df dich"
    told = await double.call("search_web", '{"query": "tea", "limit": 2}')
    assert (told.result, told.is_failed) == ("2 results for tea", False)
    told = await double.call("search_web", '{"limit": "many"}')
    assert told.is_failed
    assert "do not fit" in told.result


async def test_what_a_tool_says_is_told_as_far_as_it_can_be(double: Connected) -> None:
    failed = await double.call("fail")
    assert (failed.is_failed, "The shelf is empty." in failed.result) == (True, True)
    huge = await double.call("huge")
    assert len(huge.result.encode()) == MAX_RESULT_BYTES
    assert "the result has 200000 bytes" in huge.result
    assert (await double.call("picture")).result == "[image of type image/png left out]\nab"
    assert double.server.is_available


async def test_a_tool_that_hangs_is_left_and_the_server_stays(double: Connected) -> None:
    told = await double.call("hang", timeout_seconds=0.05)
    assert (told.result, told.is_failed) == ("The tool did not answer within 0.05 seconds.", True)
    assert (await double.call("echo", '{"text": "still here"}')).result == "still here"


async def test_a_tool_that_the_server_learns_is_offered(double: Connected) -> None:
    before = double.toolbox.offered
    await double.call("learn")
    await until(lambda: "double__news" in double.names)
    assert (await double.call("news")).result == "new"
    assert "double__news" not in {tool.name for tool in before}


async def test_only_allowed_tools_are_offered_or_run() -> None:
    async with supervised(program(tools=frozenset({"echo", "search.web"}))) as double:
        await double.until_available()
        assert double.names == {"double__echo", "double__search_web"}
        assert "no tool called" in (await double.call("variable", '{"name": "PATH"}')).result


async def test_a_program_gets_the_named_variables_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above all not our own secrets."""
    monkeypatch.setenv("INTERNAL_API_TOKEN", "ours")
    async with supervised(program(variables={"THEIR_KEY": SecretStr("theirs")})) as double:
        await double.until_available()
        assert (await double.call("variable", '{"name": "THEIR_KEY"}')).result == "theirs"
        assert (await double.call("variable", '{"name": "INTERNAL_API_TOKEN"}')).result == "not set"


async def test_an_address_gets_the_named_headers_with_every_request() -> None:
    server = HttpServer()
    async with server.running():
        async with supervised(address(server.port, headers={"Authorization": SecretStr("Bearer k")})) as double:
            await double.until_available()
            await double.call("echo", '{"text": "a"}')
        assert server.app.headers
        assert all(headers["authorization"] == "Bearer k" for headers in server.app.headers)
