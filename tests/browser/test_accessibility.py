"""No page has a violation that axe can find, in light, in dark and on a phone, and none scrolls sideways at 320 px."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect
from tests.browser.pages import Analytics, Parley
from tests.browser.visits import DESKTOP, Visits
from tests.doubles.openai_script import completion
from tests.doubles.openai_server import OpenAIServer
from tests.system.people import Person
from tests.system.system import System

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = {"width": 390, "height": 844}
SMALLEST = {"width": 320, "height": 640}
ANSWER = """A table, some code and more:

| Part | What it does | How well it does it | Port |
|---|---|---|---:|
| chat-service | conversations and turns | as well as it can be done | 8000 |

```python
def a_long_line(of_code: str, which_scrolls: bool = True) -> str: return f"{of_code} {which_scrolls} and on and on"
```

1. **One**, [a link](https://example.org/) and `code`
2. ![A picture](https://example.org/picture.png)

> A quotation with averylongwordaverylongwordaverylongwordaverylongwordaverylongwordaverylongword in it.

## A heading

- [x] done
- [ ] open
"""


async def conversation_to_look_at(person: Person, model: OpenAIServer) -> str:
    """A conversation with an answer that has everything in it."""
    model.will_answer_with(lambda call: completion(ANSWER))
    conversation = await person.start()
    await person.ask(conversation, "Show me everything: " + "pneumonoultramicroscopicsilicovolcanoconiosis" * 3)
    return conversation


async def show(parley: Parley, name: str, conversation: str) -> None:
    """Open one of the pages and wait until it has everything."""
    paths = {"conversation": f"/c/{conversation}", "empty chat": "/", "sign-in": "/sign-in", "register": "/register"}
    await parley.open(paths.get(name, f"/{name}"))
    match name:
        case "conversation":
            await parley.answer_has_ended()
            await expect(parley.answer.locator("pre span").first).to_be_visible()
        case "analytics":
            await expect(Analytics(parley.page).over_time.get_by_role("slider")).to_be_visible()
            await expect(parley.page.get_by_role("table", name="Requests")).to_be_visible()
        case "account":
            await expect(parley.page.get_by_label("Display name")).to_be_visible()
        case "empty chat":
            await expect(parley.composer).to_be_visible()
            await expect(parley.page.get_by_role("button", name="Model:")).to_be_visible()
        case _:
            await expect(parley.username).to_be_visible()


FOR_STRANGERS = ("sign-in", "register")
FOR_MEMBERS = ("empty chat", "conversation", "analytics", "account")


@pytest.mark.parametrize(
    ("scheme", "viewport"),
    [("light", DESKTOP), ("dark", DESKTOP), ("light", PHONE)],
    ids=["light", "dark", "phone"],
)
async def test_axe_finds_nothing(
    visits: Visits, system: System, admin: Person, model: OpenAIServer, scheme: str, viewport: dict[str, int]
) -> None:
    conversation = await conversation_to_look_at(admin, model)
    await admin.summary_that_equals(system)
    stranger = await visits.stranger(color_scheme=scheme, viewport=viewport)
    member = await visits.of(admin, color_scheme=scheme, viewport=viewport)
    found = {}
    for parley, names in ((stranger, FOR_STRANGERS), (member, FOR_MEMBERS)):
        for name in names:
            await show(parley, name, conversation)
            results = await Axe().run(parley.page)
            if results.violations_count:
                found[name] = results.generate_report()
    assert found == {}, "\n".join(f"{name}: {report}" for name, report in found.items())


async def test_no_page_scrolls_sideways_on_the_smallest_screen(
    visits: Visits, system: System, admin: Person, model: OpenAIServer
) -> None:
    conversation = await conversation_to_look_at(admin, model)
    await admin.summary_that_equals(system)
    stranger = await visits.stranger(viewport=SMALLEST)
    member = await visits.of(admin, viewport=SMALLEST)
    for parley, names in ((stranger, FOR_STRANGERS), (member, FOR_MEMBERS)):
        for name in names:
            await show(parley, name, conversation)
            assert await sideways(parley) == [], name


async def sideways(parley: Parley) -> list[str]:
    """What reaches out of the window, unless it scrolls inside a box of its own."""
    beyond: list[str] = await parley.page.evaluate("""() => {
      const isHeld = (element) => {
        for (let each = element.parentElement; each; each = each.parentElement)
          if (getComputedStyle(each).overflowX !== "visible" && each !== document.body) return true;
        return false;
      };
      const wide = [...document.body.querySelectorAll("*")].filter((element) => {
        const box = element.getBoundingClientRect();
        return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1) && !isHeld(element);
      });
      if (document.documentElement.scrollWidth > innerWidth) wide.unshift(document.documentElement);
      return wide.map((element) => element.outerHTML.slice(0, 160));
    }""")
    return beyond
