"""T10, T14: whatever a model, a person or a provider writes, nothing runs, nothing is fetched and nothing breaks.

Dialogs, marks of scripts, requests to other origins, violations of the security policy and uncaught errors are what
`Witness` sees in every visit; a visit that saw one fails when it closes.
"""

import re
from uuid import uuid4

import pytest
from playwright.async_api import Locator, Page, expect
from tests.browser.hostile import ELSEWHERE, LINKS, MODEL_NAME, PAYLOADS
from tests.browser.pages import Analytics, Parley
from tests.browser.visits import Visits
from tests.doubles.openai_script import completion, refusal
from tests.doubles.openai_server import OpenAIServer
from tests.system.people import PASSWORD, Person
from tests.system.system import System

pytestmark = pytest.mark.asyncio(loop_scope="session")

BATCH = 20
PIECE_CHARS = 7
LONGEST_TITLE = 200
# Elements and attributes that no text of anybody may become.
UNWANTED = """() => [
  ...document.querySelectorAll("iframe, object, embed, base, video, audio, math, form[action], img, script:not([src])"),
  ...[...document.querySelectorAll("*")].filter((element) =>
    element.getAttributeNames().some((name) => name.startsWith("on") || name === "srcdoc")),
  ...[...document.querySelectorAll("[href], [src], [action], [poster], [data]")].filter((element) =>
    ["href", "src", "action", "poster", "data"].some((name) =>
      /^[\\s\\x00-\\x20]*(javascript|vbscript|data|blob|file):/i.test(element.getAttribute(name) ?? ""))),
].map((element) => element.outerHTML.slice(0, 200))"""


async def is_harmless(page: Page) -> None:
    """Nothing of what was written became an element that could do something."""
    assert await page.evaluate(UNWANTED) == []
    assert await page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"), "it fits the window"


def batches() -> list[tuple[str, ...]]:
    """The corpus in portions that a conversation shows at once."""
    return [PAYLOADS[start : start + BATCH] for start in range(0, len(PAYLOADS), BATCH)]


async def test_hostile_questions_and_answers_are_shown_as_text(
    visits: Visits, person: Person, model: OpenAIServer
) -> None:
    assert len(PAYLOADS) >= 60
    model.will_answer_with(lambda call: completion(call.question))
    parley = await visits.of(person)
    for batch in batches():
        conversation = await person.start()
        for payload in batch:
            assert (await person.ask(conversation, payload))["reply"]["content"] == payload
        await parley.open_conversation(conversation)
        await parley.answer_has_ended(count=len(batch))
        await parley.is_rendered()
        await expect(parley.questions).to_have_text([as_shown(payload) for payload in batch])
        await is_harmless(parley.page)


def as_shown(text: str) -> str:
    """Questions are shown as they were typed; characters without a glyph are all that gets lost."""
    return re.sub(r"\s+", " ", text)


async def test_hostile_markdown_is_harmless_at_every_moment_of_its_arrival(
    visits: Visits, person: Person, model: OpenAIServer
) -> None:
    text = "\n\n".join(PAYLOADS)
    pieces = [text[start : start + PIECE_CHARS] for start in range(0, len(text), PIECE_CHARS)]
    model.will_answer_with(lambda call: completion(*pieces))
    parley = await visits.of(person)
    await parley.begin("Attack me", seeing="a link")
    await is_harmless(parley.page)
    await parley.answer_has_ended()
    await parley.is_rendered()
    await is_harmless(parley.page)
    assert await parley.copied_answer() == text


async def test_links_lead_to_the_web_in_a_tab_that_knows_nothing_of_us(
    visits: Visits, person: Person, model: OpenAIServer
) -> None:
    model.will_answer_with(lambda call: completion("\n\n".join(LINKS), f"\n\n[fine](https://{ELSEWHERE}/fine)"))
    parley = await visits.of(person)
    await parley.begin("Some links", seeing="fine")
    await parley.answer_has_ended()
    await parley.is_rendered()
    links = await _attributes(parley.answer.get_by_role("link"))
    assert f"https://{ELSEWHERE}/fine" in [link["href"] for link in links]
    for link in links:
        assert re.match("https?://", link["href"]), link
        assert "@" not in link["href"], "an address that hides its host behind a name"
        assert (link["target"], set(link["rel"].split())) == ("_blank", {"noopener", "noreferrer", "nofollow"})


async def _attributes(links: Locator) -> list[dict[str, str]]:
    found: list[dict[str, str]] = await links.evaluate_all(
        "links => links.map(({href, target, rel}) => ({href, target, rel}))"
    )
    return found


async def test_hostile_titles_are_shown_as_text_everywhere(visits: Visits, person: Person) -> None:
    titles = [title for payload in PAYLOADS if (title := " ".join(payload.split())[:LONGEST_TITLE].strip())]
    conversations = []
    for title in titles[::3]:
        answer = await person.request("POST", "/chat/conversations", json={"title": title})
        if answer.status_code == 201:
            conversations.append(answer.json())
    assert len(conversations) >= 20
    parley = await visits.of(person)
    await parley.open()
    links = parley.conversations.get_by_role("link")
    await expect(links).to_have_count(len(conversations))
    await is_harmless(parley.page)
    for conversation in conversations[:3]:
        await parley.open_conversation(conversation["id"])
        await expect(parley.title).to_have_text(conversation["title"])
        await is_harmless(parley.page)
        await parley.choose_action(conversation["title"], "Delete")
        await expect(parley.notifications).to_contain_text("Conversation deleted")
        await is_harmless(parley.page)


async def test_a_hostile_provider_gets_no_word_into_its_refusals(
    visits: Visits, person: Person, model: OpenAIServer
) -> None:
    payload = f"<img src=x onerror=alert(1)> [a](javascript:alert(1)) https://{ELSEWHERE}/error.png"
    model.will_answer_with(lambda call: (refusal(400, message=payload, code=payload, type=payload),))
    parley = await visits.of(person)
    await parley.open()
    await parley.ask("Fail, please")
    await expect(parley.try_again).to_be_visible()
    await expect(parley.answer).not_to_contain_text(ELSEWHERE)
    await is_harmless(parley.page)


async def test_hostile_names_of_people_and_models_are_shown_as_text(
    visits: Visits, system: System, person: Person, admin: Person
) -> None:
    name = f"<img src=x onerror=alert(1)>{uuid4().hex[:4]}"
    changed = await person.request("PATCH", "/auth/users/me", json={"display_name": name})
    assert changed.status_code == 200
    parley = await visits.of(person)
    await parley.open()
    await expect(parley.page.get_by_role("button", name=f"Account menu of {name}")).to_be_visible()
    await parley.page.get_by_role("button", name="Model: scripted").click()
    await parley.page.get_by_role("menuitemradio", name=MODEL_NAME).click()
    await expect(parley.page.get_by_role("button", name=f"Model: {MODEL_NAME}")).to_be_visible()
    await parley.ask("Who are you?")
    await parley.answer_has_ended()
    await is_harmless(parley.page)

    await admin.summary_that_equals(system)
    office = await visits.of(admin)
    await office.open("/analytics")
    await expect(Analytics(office.page).page.get_by_role("table", name="Models")).to_contain_text(MODEL_NAME)
    await is_harmless(office.page)


@pytest.mark.parametrize("destination", [f"https://{ELSEWHERE}/", f"//{ELSEWHERE}/", "javascript:alert(1)", "/\\evil"])
async def test_the_way_back_after_signing_in_leads_nowhere_else(
    visits: Visits, person: Person, destination: str
) -> None:
    parley: Parley = await visits.stranger()
    await parley.page.goto(f"{parley.origin}/sign-in?next={destination}")
    await parley.username.fill(person.username)
    await parley.password.fill(PASSWORD)
    await parley.page.get_by_role("button", name="Sign in").click()
    await expect(parley.page.get_by_role("button", name="Account menu of")).to_be_visible()
    assert parley.page.url.startswith(f"{parley.origin}/")
