"""A network that is cut and services that are killed in the middle of an answer: the page says so and gets over it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import expect
from tests.browser.answers import HeldAnswer
from tests.browser.pages import Parley
from tests.browser.visits import Visits
from tests.doubles.openai_server import OpenAIServer
from tests.system.people import Person
from tests.system.system import System

pytestmark = pytest.mark.asyncio(loop_scope="session")

BEFORE = "before the wait"


@asynccontextmanager
async def no_network(parley: Parley, system: System) -> AsyncIterator[None]:
    """The lid was closed, or the train is in a tunnel."""
    await parley.page.context.set_offline(True)
    yield
    await parley.page.context.set_offline(False)


@asynccontextmanager
async def no_gateway(parley: Parley, system: System) -> AsyncIterator[None]:
    """What stands between the page and the services dies, and is started again."""
    async with killed(system, "gateway"):
        yield


@asynccontextmanager
async def killed(system: System, name: str) -> AsyncIterator[None]:
    """A process dies, and is started again."""
    system.processes[name].kill()
    try:
        yield
    finally:
        await system.start(name)


@pytest.mark.parametrize("cut", [no_network, no_gateway])
async def test_a_cut_connection_is_said_and_got_over(
    visits: Visits, system: System, person: Person, model: OpenAIServer, cut: Callable[[Parley, System], object]
) -> None:
    answer = HeldAnswer()
    model.will_answer_with(answer)
    parley = await visits.of(person)
    conversation = await parley.begin("Count for me", seeing=BEFORE)
    reconnecting = parley.page.get_by_role("status").filter(has_text="Reconnecting…")
    async with cut(parley, system):  # type: ignore[attr-defined]
        await expect(reconnecting).to_be_visible()
        await expect(parley.answer).to_contain_text(BEFORE)
        answer.go_on()
    await parley.answer_has_ended()
    await expect(reconnecting).to_have_count(0)
    stored = (await person.messages(conversation))[-1]
    assert stored["content"] == answer.text
    assert await parley.copied_answer() == answer.text


async def test_an_answer_whose_service_was_killed_is_kept_and_can_be_asked_for_again(
    visits: Visits, system: System, person: Person, model: OpenAIServer
) -> None:
    answer = HeldAnswer()
    model.will_answer_with(answer)
    parley = await visits.of(person)
    conversation = await parley.begin("Count for me", seeing=BEFORE)
    async with killed(system, "chat"):
        await expect(parley.page.get_by_role("status").filter(has_text="Reconnecting…")).to_be_visible()
        answer.go_on()
    await parley.answer_has_ended()
    interrupted = (await person.messages(conversation))[-1]
    assert interrupted["outcome"] == "interrupted"
    await expect(parley.answer).to_contain_text(BEFORE)
    await expect(parley.answer).to_contain_text(interrupted["error_detail"])

    await parley.try_again.click()
    await parley.answer_has_ended(count=2)
    await expect(parley.questions).to_have_text(["Count for me", "Count for me"])
    assert await parley.copied_answer() == answer.text
    await expect(parley.try_again).to_have_count(0)
