"""A network that is cut and services that are killed in the middle of an answer: the page says so and gets over it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from playwright.async_api import expect
from tests.browser.answers import HeldAnswer
from tests.browser.pages import Parley
from tests.browser.visits import Visits
from tests.doubles.openai_server import OpenAIServer
from tests.service_kit.patience import until
from tests.system.people import Person
from tests.system.system import System

pytestmark = pytest.mark.asyncio(loop_scope="session")

BEFORE = "before the wait"


LONGER_THAN_THE_PAGE_BEARS_SILENCE = "01:00"

Cut = Callable[[Parley, System], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def broken_connection(parley: Parley, system: System) -> AsyncIterator[None]:
    """What stands between the page and the services dies, and is started again."""
    async with killed(system, "gateway"):
        yield


@asynccontextmanager
async def silent_connection(parley: Parley, system: System) -> AsyncIterator[None]:
    """Nothing comes any more and nobody says so, as when the lid was closed."""
    gateway = system.processes["gateway"]
    gateway.freeze()
    try:
        await parley.page.clock.fast_forward(LONGER_THAN_THE_PAGE_BEARS_SILENCE)
        yield
    finally:
        gateway.thaw()


@asynccontextmanager
async def killed(system: System, name: str) -> AsyncIterator[None]:
    """A process dies, and is started again."""
    system.processes[name].kill()
    try:
        yield
    finally:
        await system.start(name)


@pytest.mark.parametrize("cut", [broken_connection, silent_connection])
async def test_a_cut_connection_is_said_and_got_over(
    visits: Visits, system: System, person: Person, model: OpenAIServer, cut: Cut
) -> None:
    answer = HeldAnswer()
    model.will_answer_with(answer)
    parley = await visits.of(person)
    await parley.page.clock.install()
    conversation = await parley.begin("Count for me", seeing=BEFORE)
    reconnecting = parley.page.get_by_role("status").filter(has_text="Reconnecting…")
    async with cut(parley, system):
        await expect(reconnecting).to_be_visible()
        await expect(parley.answer).to_contain_text(BEFORE)
        answer.go_on()
    await parley.answer_has_ended()
    await expect(reconnecting).to_have_count(0)
    assert await parley.copied_answer() == answer.text
    assert (await person.messages(conversation))[-1]["content"] == answer.text


async def test_a_question_asked_without_a_network_is_sent_once_it_is_back(visits: Visits, person: Person) -> None:
    parley = await visits.of(person)
    conversation = await parley.begin("Hello", seeing="You said: Hello")
    await parley.answer_has_ended()
    await parley.page.context.set_offline(True)
    await parley.ask("Is anybody there?")
    await expect(parley.page.get_by_role("status").filter(has_text="Connection lost.")).to_be_visible()
    await expect(parley.questions.last).to_have_text("Is anybody there?Sending…")
    await parley.page.context.set_offline(False)
    await parley.answer_has_ended(count=2)
    await expect(parley.questions).to_have_text(["Hello", "Is anybody there?"])
    stored = [message["content"] for message in await person.messages(conversation)]
    assert stored == ["Hello", "You said: Hello", "Is anybody there?", "You said: Is anybody there?"]


async def test_an_answer_whose_service_was_killed_is_kept_and_can_be_asked_for_again(
    visits: Visits, system: System, person: Person, model: OpenAIServer
) -> None:
    answer = HeldAnswer()
    model.will_answer_with(answer)
    parley = await visits.of(person)
    conversation = await parley.begin("Count for me", seeing=BEFORE)
    await until(lambda: _is_stored(person, conversation, answer.beginning))
    async with killed(system, "chat"):
        await expect(parley.page.get_by_role("status").filter(has_text="Reconnecting…")).to_be_visible()
        answer.go_on()
    await parley.answer_has_ended()
    interrupted = (await person.messages(conversation))[-1]
    assert interrupted["outcome"] == "interrupted"
    await expect(parley.answer).to_contain_text(BEFORE)
    await expect(parley.answer).to_contain_text(interrupted["error_detail"])

    await parley.try_again.click()
    await expect(parley.answer).to_contain_text("Version 2 of 2")
    await parley.answer_has_ended()
    await expect(parley.questions).to_have_text(["Count for me"])
    assert await parley.copied_answer() == answer.text
    await expect(parley.try_again).to_have_count(0)


async def _is_stored(person: Person, conversation: str, text: str) -> bool:
    """What is said is stored within a second; only what was stored survives a power cut."""
    return bool((await person.messages(conversation))[-1]["content"] == text)
