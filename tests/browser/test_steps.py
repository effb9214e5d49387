"""How an answer came about can be seen: what the model thought, the tools it used, who answered instead of whom."""

import asyncio

import pytest
from playwright.async_api import expect
from tests.browser.catalogue import ABLE, SPARE
from tests.browser.visits import Visits
from tests.doubles.openai_script import (
    Step,
    TellUsage,
    WaitFor,
    asking_for_tools,
    completion,
    delta,
    done,
    finish,
    fragmented_tool_call,
    refusal,
    role,
    thought,
)
from tests.doubles.openai_server import Call, OpenAIServer
from tests.system.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_thoughts_are_folded_and_can_be_watched(visits: Visits, person: Person, model: OpenAIServer) -> None:
    speaks, ends = asyncio.Event(), asyncio.Event()
    model.will_answer_with(
        lambda call: (
            role(),
            thought("First I look at the question. "),
            WaitFor(speaks),
            thought("Then I answer it."),
            delta("Forty-two."),
            WaitFor(ends),
            finish(),
            TellUsage(),
            done(),
        )
    )
    parley = await visits.of(person)
    await parley.open("/")
    await parley.choose_model(ABLE)
    await parley.ask("What is it?")
    thinking = parley.answer.get_by_role("button", name="Thinking")
    await expect(thinking).to_have_attribute("aria-expanded", "false")
    await expect(parley.answer).not_to_contain_text("First I look")
    await thinking.click()
    await expect(parley.answer).to_contain_text("First I look at the question.")
    speaks.set()
    await expect(parley.answer).to_contain_text("Then I answer it.")
    await expect(parley.answer.get_by_role("button", name="Tho")).to_have_attribute("aria-expanded", "true")
    ends.set()
    await parley.answer_has_ended()
    assert await parley.copied_answer() == "Forty-two."
    await parley.page.reload()
    await parley.answer.get_by_role("button", name="Thoughts").press("Enter")
    await expect(parley.answer).to_contain_text("First I look at the question. Then I answer it.")


async def test_tools_are_shown_with_what_they_were_asked_and_said(
    visits: Visits, person: Person, model: OpenAIServer
) -> None:
    def author(call: Call) -> tuple[Step, ...]:
        if call.messages[-1]["role"] == "tool":
            return completion("It is 42.")
        return asking_for_tools(fragmented_tool_call("calculator", {"expression": "6 * 7"}))

    model.will_answer_with(author)
    parley = await visits.of(person)
    await parley.open("/")
    await parley.choose_model(ABLE)
    await parley.ask("What is six times seven?")
    await expect(parley.answer).to_contain_text("It is 42.")
    await parley.answer_has_ended()
    used = parley.answer.get_by_role("list", name="Tools used").get_by_role("button", name="calculator")
    await expect(used).to_contain_text("Done")
    await used.click()
    await expect(parley.answer).to_contain_text('Asked with{ "expression": "6 * 7" }Result42')


async def test_a_fallback_is_said(visits: Visits, person: Person, model: OpenAIServer) -> None:
    model.will_answer_with(lambda call: (refusal(503),) if call.model == ABLE else completion("Here I am."))
    parley = await visits.of(person)
    await parley.open("/")
    await parley.choose_model(ABLE)
    await parley.ask("Is anybody there?")
    await expect(parley.answer).to_contain_text("Here I am.")
    await parley.answer_has_ended()
    note = f"Answered by {SPARE}, because {ABLE} was not available."
    await expect(parley.answer).to_contain_text(note)
    await parley.page.reload()
    await expect(parley.answer).to_contain_text(note)
