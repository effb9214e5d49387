"""MCP servers that die, hang, come late or never: no start waits for them, no turn hangs on them."""

import asyncio
import os

import pytest
from tests.chat_service.tools.servers import HttpServer, address, program, supervised
from tests.service_kit.patience import until

from chat_service.tools.configuration import ProgramAddress, ServerConfiguration
from chat_service.tools.toolbox import ListedTool

GONE = "The server double cannot be reached right now."


async def test_a_program_that_dies_in_a_call_is_started_again() -> None:
    async with supervised(program()) as double:
        await double.until_available()
        first = (await double.call("process")).result
        told = await double.call("die")
        assert (told.result, told.is_failed) == (GONE, True)
        await double.until_available()
        second = await double.call("process")
        assert not second.is_failed
        assert second.result != first


async def test_a_program_that_dies_takes_no_other_call_into_a_hang() -> None:
    async with supervised(program()) as double:
        await double.until_available()
        hanging = asyncio.create_task(double.call("hang"))
        await double.call("echo", '{"text": "the other call has been written before this one"}')
        await double.call("die")
        assert (await hanging).result == GONE


async def test_an_address_that_goes_away_is_not_offered_and_comes_back() -> None:
    server = HttpServer()
    async with supervised(address(server.port), look_seconds=0.01) as double:
        async with server.running():
            await double.until_available()
            known = double.names
        await double.until_available(is_so=False)
        assert double.names == set()
        # People are still told of the tools, and a call that comes late gets a sentence.
        assert known == {listed.offered.name for listed in double.toolbox.listed()}
        assert all(isinstance(listed, ListedTool) and not listed.is_available for listed in double.toolbox.listed())
        assert (await double.call("echo", '{"text": "a"}')).result == GONE
        async with server.running():
            await double.until_available()
            assert (await double.call("echo", '{"text": "back"}')).result == "back"


async def test_a_call_notices_that_an_address_is_gone() -> None:
    """Without waiting for the next look at the server."""
    server = HttpServer()
    async with supervised(address(server.port), look_seconds=600) as double:
        async with server.running():
            await double.until_available()
        assert (await double.call("echo", '{"text": "a"}')).result == GONE
        await double.until_available(is_so=False)


async def test_an_address_that_is_there_late_is_found() -> None:
    server = HttpServer()
    async with supervised(address(server.port)) as double:
        assert (await double.call("echo", '{"text": "a"}')).is_failed
        async with server.running():
            await double.until_available()


@pytest.mark.parametrize("command", ["no-such-program-anywhere", os.devnull])
async def test_a_program_that_cannot_be_started_is_only_away(command: str) -> None:
    broken = ServerConfiguration(name="double", address=ProgramAddress(command=command))
    async with supervised(broken) as double:
        assert (double.names, double.supervisor.done()) == (set(), False)
        assert "no tool called" in (await double.call("echo")).result


async def test_a_program_that_never_says_a_word_holds_up_nobody() -> None:
    async with supervised(program("--deaf")) as double:
        await asyncio.sleep(0)
        assert double.toolbox.offered == ()
        assert (await double.call("echo")).is_failed
    assert double.supervisor.cancelled()


async def test_a_call_that_is_cancelled_ends_at_once_and_leaves_the_server_alone() -> None:
    async with supervised(program()) as double:
        await double.until_available()
        calling = asyncio.create_task(double.call("hang"))
        # An answered call proves that the one before it has been sent.
        await double.call("echo", '{"text": "a"}')
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        assert (await double.call("echo", '{"text": "b"}')).result == "b"


async def test_the_end_of_the_service_ends_the_program_and_every_call() -> None:
    async with supervised(program()) as double:
        await double.until_available()
        number = int((await double.call("process")).result)
        calling = asyncio.create_task(double.call("hang"))
        await double.call("echo", '{"text": "a"}')
    assert double.supervisor.cancelled()
    assert (await calling).result == GONE
    await until(lambda: not _runs(number))


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


async def test_one_server_that_is_away_hides_nothing_of_the_other() -> None:
    server = HttpServer()
    async with supervised(address(server.port)) as away, supervised(program()) as there:
        await there.until_available()
        assert (await there.call("echo", '{"text": "a"}')).result == "a"
        assert not away.server.is_available
