"""Nothing is overwritten: an edited question and a second answer stand beside the first, and one can go back."""

import pytest
from playwright.async_api import Locator, expect
from tests.browser.answers import HeldAnswer
from tests.browser.catalogue import SPARE
from tests.browser.pages import Parley
from tests.browser.visits import Visits
from tests.doubles.openai_script import completion
from tests.doubles.openai_server import OpenAIServer
from tests.system.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def step(article: Locator, name: str) -> None:
    """Go to another version of a message."""
    await article.get_by_role("button", name=name).click()


async def edit(parley: Parley, text: str) -> None:
    """Write the last question anew."""
    await parley.questions.last.hover()
    await parley.questions.last.get_by_role("button", name="Edit question").click()
    field = parley.page.get_by_role("textbox", name="Edited question")
    await expect(field).to_be_focused()
    await field.fill(text)
    await field.press("Enter")


async def test_an_edited_question_is_a_new_branch_and_the_old_one_is_kept(visits: Visits, person: Person) -> None:
    parley = await visits.of(person)
    conversation = await parley.begin("One", seeing="You said: One")
    await parley.answer_has_ended()
    await parley.ask("Two")
    await parley.answer_has_ended(count=2)
    await edit(parley, "Three")
    await expect(parley.answer).to_contain_text("You said: Three")
    await parley.answer_has_ended(count=2)
    await expect(parley.questions.last).to_contain_text("Version 2 of 2")

    await step(parley.questions.last, "Earlier version")
    await expect(parley.answer).to_contain_text("You said: Two")
    await parley.page.reload()
    await expect(parley.answer).to_contain_text("You said: Two")
    await parley.ask("Four")
    await expect(parley.answer).to_contain_text("You said: Four")
    await parley.answer_has_ended(count=3)
    stored = await person.messages(conversation)
    parents = {message["id"]: message for message in stored}
    assert [message["content"] for message in stored if message["role"] == "user"] == ["One", "Two", "Three", "Four"]
    above = parents[stored[-2]["parent_id"]]
    assert above["content"] == "You said: Two", "what is asked stands below what is shown"

    await step(parley.questions.nth(1), "Later version")
    await expect(parley.answers).to_have_count(2)
    await expect(parley.answer).to_contain_text("You said: Three")


async def test_a_question_is_answered_again_by_another_model(
    visits: Visits, person: Person, model: OpenAIServer
) -> None:
    model.will_answer_with(lambda call: completion(f"I am {call.model}."))
    parley = await visits.of(person)
    conversation = await parley.begin("Who are you?", seeing="I am scripted.")
    await parley.answer_has_ended()
    await parley.answer.get_by_role("button", name="Answer again").click()
    await parley.page.get_by_role("menuitem", name=f"With {SPARE}").click()
    await expect(parley.answer).to_contain_text(f"I am {SPARE}.")
    await parley.answer_has_ended()
    await expect(parley.questions).to_have_text(["Who are you?"])
    await expect(parley.answer).to_contain_text("Version 2 of 2")
    await step(parley.answer, "Earlier version")
    await expect(parley.answer).to_contain_text("I am scripted.")
    stored = await person.messages(conversation)
    assert [message["model"] for message in stored] == [None, "scripted", SPARE]


async def test_a_stopped_answer_is_continued_where_it_was(visits: Visits, person: Person, model: OpenAIServer) -> None:
    answer = HeldAnswer()
    model.will_answer_with(answer)
    parley = await visits.of(person)
    conversation = await parley.begin("Count for me", seeing="before the wait")
    await parley.stop_button.click()
    await expect(parley.answer).to_contain_text("You stopped this answer.")
    model.will_answer_with(lambda call: completion("And more."))
    await parley.answer.get_by_role("button", name="Continue").click()
    await expect(parley.answer).to_contain_text("And more.")
    await parley.answer_has_ended()
    await expect(parley.answer).to_contain_text("before the wait")
    await expect(parley.answer).to_contain_text("Version 2 of 2")
    stored = await person.messages(conversation)
    assert [message["outcome"] for message in stored] == [None, "stopped", "finished"]
    assert stored[-1]["continues_id"] == stored[1]["id"]
    assert await parley.copied_answer() == stored[-1]["content"] == answer.beginning + "And more."
