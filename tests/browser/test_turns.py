"""An answer that is stopped, reloaded, left, or watched from two tabs is the same everywhere, to the letter."""

import asyncio

import pytest
from playwright.async_api import Locator, expect
from tests.browser.answers import HeldAnswer
from tests.browser.pages import Parley
from tests.browser.visits import Visits
from tests.doubles.openai_server import OpenAIServer
from tests.system.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

BEFORE = "before the wait"
AFTER = "after it."


async def shows_what_is_stored(parley: Parley, person: Person, conversation: str) -> str:
    """The page's answer has ended, and its text is the stored one to the letter."""
    await parley.answer_has_ended()
    stored = (await person.messages(conversation))[-1]
    assert stored["outcome"] is not None
    assert await parley.copied_answer() == stored["content"]
    return str(stored["content"])


@pytest.mark.parametrize("way", ["button", "escape"])
async def test_a_stopped_answer_keeps_what_was_said_and_says_so(
    visits: Visits, person: Person, model: OpenAIServer, way: str
) -> None:
    answer = HeldAnswer()
    model.will_answer_with(answer)
    parley = await visits.of(person)
    conversation = await parley.begin("Count for me", seeing=BEFORE)
    await (parley.stop_button.click() if way == "button" else parley.composer.press("Escape"))
    await expect(parley.answer).to_contain_text("You stopped this answer.")
    assert await shows_what_is_stored(parley, person, conversation) == answer.beginning
    await asyncio.wait_for(model.calls[-1].left.wait(), 10)
    await parley.page.reload()
    await expect(parley.answer).to_contain_text("You stopped this answer.")
    await expect(parley.answer).to_contain_text(BEFORE)


async def test_a_page_reloaded_in_the_middle_of_an_answer_goes_on_with_it(
    visits: Visits, person: Person, model: OpenAIServer
) -> None:
    answer = HeldAnswer()
    model.will_answer_with(answer)
    parley = await visits.of(person)
    conversation = await parley.begin("Count for me", seeing=BEFORE)
    await parley.page.reload()
    await expect(parley.answer).to_have_attribute("aria-busy", "true")
    await expect(parley.answer).to_contain_text(BEFORE)
    answer.go_on()
    await expect(parley.answer).to_contain_text(AFTER)
    assert await shows_what_is_stored(parley, person, conversation) == answer.text
    await expect(parley.questions).to_have_text(["Count for me"])


async def test_an_answer_is_finished_while_nobody_looks(visits: Visits, person: Person, model: OpenAIServer) -> None:
    answer = HeldAnswer()
    model.will_answer_with(answer)
    parley = await visits.of(person)
    conversation = await parley.begin("Count for me", seeing=BEFORE)
    await parley.page.context.close()
    answer.go_on()
    await asyncio.wait_for(model.calls[-1].over.wait(), 10)
    back = await visits.stranger()
    await back.sign_in(person.username, person.password)
    await back.conversation("Count for me").click()
    assert await shows_what_is_stored(back, person, conversation) == answer.text


async def test_a_question_from_a_second_tab_waits_its_turn_and_both_tabs_agree_afterwards(
    visits: Visits, person: Person, model: OpenAIServer
) -> None:
    conversation = await person.start()
    await person.ask(conversation, "The first question")
    context = await visits.context()
    await visits.remember(context, person)
    one, other = await visits.tab(context), await visits.tab(context)
    for tab in (one, other):
        await tab.open_conversation(conversation)
        await tab.answer_has_ended()

    answer = HeldAnswer()
    model.will_answer_with(answer)
    await one.ask("Asked in one tab")
    for tab in (one, other):
        await expect(tab.answer).to_contain_text(BEFORE)
        await expect(tab.answer).to_have_attribute("aria-busy", "true")
    await other.queue("Asked in the other tab")
    await expect(other.questions.last).to_have_text("Asked in the other tabWaits its turnCancel")

    answer.go_on()
    for tab in (one, other):
        await tab.answer_has_ended(count=3)
    asked = ["The first question", "Asked in one tab", "Asked in the other tab"]
    assert await _texts(one.questions) == await _texts(other.questions) == asked
    assert await _texts(one.answers) == await _texts(other.answers)
    assert await one.copied_answer() == await other.copied_answer() == answer.text
    stored = await person.messages(conversation)
    assert [message["parent_id"] for message in stored[1:]] == [message["id"] for message in stored[:-1]]


async def test_a_question_that_waits_can_be_cancelled_also_after_a_reload(
    visits: Visits, person: Person, model: OpenAIServer
) -> None:
    answer = HeldAnswer()
    model.will_answer_with(answer)
    parley = await visits.of(person)
    conversation = await parley.begin("Count for me", seeing=BEFORE)
    await parley.composer.fill("And then backwards")
    await parley.composer.press("Enter")
    await parley.queue("Never mind")
    await expect(parley.questions).to_have_count(3)
    await parley.page.reload()
    waiting = parley.page.get_by_text("Waits its turn")
    await expect(waiting).to_have_count(2)
    await parley.questions.last.get_by_role("button", name="Cancel").click()
    await expect(waiting).to_have_count(1)

    answer.go_on()
    await parley.answer_has_ended(count=3)
    outcomes = [message["outcome"] for message in await person.messages(conversation) if message["role"] == "assistant"]
    assert outcomes == ["finished", "finished", "stopped"]
    assert len(model.calls) >= 2


async def _texts(articles: Locator) -> list[str]:
    return [text.strip() for text in await articles.all_inner_texts()]
