"""Answers come through any network: where a proxy breaks one way the page finds the next, and nothing is doubled."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect
from tests.browser.answers import HeldAnswer
from tests.browser.breaking_proxy import BreakingProxy, Sockets, Streams
from tests.browser.pages import Parley
from tests.browser.visits import Visits
from tests.doubles.openai_server import OpenAIServer
from tests.service_kit.patience import until
from tests.system.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

BEFORE = "before the wait"
BARRED = "Live updates are blocked on this network"
NETWORKS: list[tuple[Sockets, Streams, str]] = [
    ("passed", "passed", "socket"),
    ("refused", "passed", "stream"),
    ("swallowed", "passed", "stream"),
    ("refused", "held", "poll"),
    ("refused", "refused", "poll"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def parley(behind_proxy: Visits, person: Person) -> AsyncIterator[Parley]:
    yield await behind_proxy.of(person)


async def ends_well(parley: Parley, person: Person, conversation: str, answer: HeldAnswer) -> None:
    """The answer on the page and the stored one are the scripted one, once."""
    await parley.answer_has_ended()
    assert await parley.copied_answer() == answer.text
    await expect(parley.questions).to_have_text(["Count for me"])
    stored = await person.messages(conversation)
    assert [message["content"] for message in stored] == ["Count for me", answer.text]


@pytest.mark.parametrize(("sockets", "streams", "way"), NETWORKS)
async def test_an_answer_comes_as_it_is_said_through_any_network(
    parley: Parley,
    proxy: BreakingProxy,
    person: Person,
    model: OpenAIServer,
    sockets: Sockets,
    streams: Streams,
    way: str,
) -> None:
    proxy.sockets, proxy.streams = sockets, streams
    answer = HeldAnswer()
    model.will_answer_with(answer)
    conversation = await parley.begin("Count for me", seeing=BEFORE)
    assert proxy.carried[way] > 0
    await expect(parley.page.get_by_text(BARRED)).to_have_count(1 if way == "poll" else 0)
    await expect(parley.page.get_by_text("Reconnecting")).to_have_count(0)
    answer.go_on()
    await ends_well(parley, person, conversation, answer)
    await expect(parley.page.get_by_text(BARRED)).to_have_count(0)


async def test_a_network_that_cuts_whatever_waits_is_asked_more_often(
    parley: Parley, proxy: BreakingProxy, person: Person, model: OpenAIServer
) -> None:
    proxy.sockets, proxy.streams, proxy.longest_wait_seconds = "refused", "refused", 2.5
    answer = HeldAnswer()
    model.will_answer_with(answer)
    conversation = await parley.begin("Count for me", seeing=BEFORE)
    asked = proxy.carried["poll"]
    await _more_than(proxy, "poll", asked + 2)
    answer.go_on()
    await ends_well(parley, person, conversation, answer)


async def test_a_socket_that_is_cut_in_the_middle_goes_on_where_it_was(
    parley: Parley, proxy: BreakingProxy, person: Person, model: OpenAIServer
) -> None:
    answer = HeldAnswer()
    model.will_answer_with(answer)
    conversation = await parley.begin("Count for me", seeing=BEFORE)
    for _ in range(2):
        opened = proxy.carried["socket"]
        proxy.cut_sockets()
        await _more_than(proxy, "socket", opened)
    answer.go_on()
    await ends_well(parley, person, conversation, answer)


async def test_an_answer_moves_from_way_to_way_as_the_network_changes(
    parley: Parley, proxy: BreakingProxy, person: Person, model: OpenAIServer
) -> None:
    answer = HeldAnswer()
    model.will_answer_with(answer)
    conversation = await parley.begin("Count for me", seeing=BEFORE)
    proxy.sockets = "refused"
    proxy.cut_sockets()
    await _more_than(proxy, "stream", 0)
    await expect(parley.page.get_by_text("Reconnecting")).to_have_count(0)
    answer.go_on()
    await ends_well(parley, person, conversation, answer)


async def test_without_a_socket_a_second_tab_hears_of_a_question_by_asking(
    parley: Parley, proxy: BreakingProxy, person: Person, model: OpenAIServer
) -> None:
    proxy.sockets = "refused"
    conversation = await person.start()
    await parley.open_conversation(conversation)
    await expect(parley.composer).to_be_editable()
    answer = HeldAnswer()
    model.will_answer_with(answer)
    await person.begin(conversation, "Count for me")
    await expect(parley.answer).to_contain_text(BEFORE)
    answer.go_on()
    await ends_well(parley, person, conversation, answer)


async def _more_than(proxy: BreakingProxy, way: str, count: int) -> None:
    async def is_so() -> bool:
        return proxy.carried[way] > count

    await until(is_so)
