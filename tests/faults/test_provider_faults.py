"""Providers that refuse, hang, break off or talk nonsense: turns end typed, keep what was said, are counted once."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
import pytest
from tests.chat_service.conftest import Person
from tests.doubles.openai_script import (
    Hang,
    HangUp,
    Reset,
    Step,
    TellUsage,
    Usage,
    Write,
    completion,
    delta,
    refusal,
    role,
)
from tests.doubles.openai_server import Call, OpenAIServer
from tests.faults.books import Books, ensure_in_order, ensure_linear, settled_books

from chat_service.main import build
from chat_service.models import ChatTable
from chat_service.providers.catalog import Catalog, Model
from chat_service.providers.openai_protocol import OpenAIProtocol
from chat_service.settings import ChatSettings
from service_kit.db import Database
from service_kit.testing import INTERNAL_TOKEN, Issuer, created_tables, served

TURNS = 200
PEOPLE = 20
# Each with a circuit breaker of its own, so that the storm is not over with the first five failures.
MODELS = 20
LIMIT_SECONDS = 1.5


@dataclass(frozen=True)
class Fault:
    """What a provider does, and how a turn then ends."""

    steps: tuple[Step, ...]
    outcome: str
    code: str | None
    said: str = ""


NONSENSE = Write(b"data: {nonsense\n\n")
SPOKEN = (role(), delta("so "), delta("far"))
FAULTS: dict[str, Fault] = {
    "limited": Fault((refusal(429, retry_after="0"),), "failed", "provider_rate_limited"),
    "broken": Fault((refusal(500),), "failed", "provider_unavailable"),
    "silent": Fault((Hang(),), "failed", "provider_timeout"),
    "stuck": Fault((*SPOKEN, Hang()), "interrupted", "provider_timeout", "so far"),
    "reset": Fault((*SPOKEN, Reset()), "interrupted", "provider_cut", "so far"),
    "hung up": Fault((*SPOKEN, HangUp()), "interrupted", "provider_cut", "so far"),
    "cut after the usage": Fault((*SPOKEN, TellUsage(), Reset()), "interrupted", "provider_cut", "so far"),
    "nonsense": Fault((NONSENSE,), "failed", "provider_malformed"),
    "nonsense later": Fault((*SPOKEN, NONSENSE), "failed", "provider_malformed", "so far"),
    "refused key": Fault((refusal(401),), "failed", "provider_refused_key"),
    "refused call": Fault((refusal(400),), "failed", "provider_refused_call"),
}
FINE = "fine"
NOTHING_WRONG = Fault(completion("all ", "well"), "finished", None, "all well")


@dataclass
class Service:
    """chat-service alone, with a provider that can do anything."""

    address: str
    client: httpx2.AsyncClient
    provider: OpenAIServer
    database: Database
    issuer: Issuer

    def person(self) -> Person:
        claims = self.issuer.claims()
        return Person(self.address, self.client, self.issuer.sign(claims), claims["sub"], claims["tid"])


@asynccontextmanager
async def running(database_url: str) -> AsyncIterator[Service]:
    issuer = Issuer()
    settings = ChatSettings(
        internal_api_token=INTERNAL_TOKEN,
        chat_database_url=database_url,
        messages_per_minute=100_000,
        _env_file=None,
    )
    async with OpenAIServer() as server, created_tables(database_url, ChatTable.metadata):
        protocol = OpenAIProtocol(
            name="double",
            api_key="key",
            base_url=server.url,
            first_delta_seconds=LIMIT_SECONDS,
            between_deltas_seconds=LIMIT_SECONDS,
        )
        catalog = Catalog([Model(f"model-{n}", protocol, 8_000) for n in range(MODELS)])
        app = build(settings, catalog=catalog, keys=issuer.keys)
        # The SDK takes long to import; a short limit must not be spent on that.
        await asyncio.to_thread(protocol.prepare)
        async with served(app) as address, httpx2.AsyncClient(timeout=60) as client:
            yield Service(address, client, server, app.state.database, issuer)


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_failing_provider_ends_the_turn_with_its_code_and_what_was_said(database_url: str, kind: str) -> None:
    fault = FAULTS[kind]
    async with running(database_url) as service:
        service.provider.will_answer_with(lambda call: fault.steps)
        person = service.person()
        conversation = await person.start()
        reply = (await person.ask(conversation, "?")).json()["reply"]
        assert (reply["outcome"], reply["error_code"], reply["content"]) == (fault.outcome, fault.code, fault.said)
        (stored,) = [message for message in await person.messages(conversation) if message["role"] == "assistant"]
        assert stored == reply
        books = await settled_books(service.database)
        ensure_in_order(books)
        ensure_ledger_equals(books, service.provider)
        # Somebody else's failure does not stand in the way of the next question.
        service.provider.will_answer_with(lambda call: NOTHING_WRONG.steps)
        assert (await person.ask(conversation, "?", model="model-1")).json()["reply"]["content"] == "all well"


@pytest.mark.parametrize("refused", [refusal(429, retry_after="1"), refusal(503), refusal(500)])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_refusal_before_the_first_word_is_tried_again(database_url: str, refused: Step) -> None:
    async with running(database_url) as service:
        service.provider.will_play(refused)
        service.provider.will_say("at last", usage=Usage(7, 3))
        person = service.person()
        reply = (await person.ask(await person.start(), "?")).json()["reply"]
        assert (reply["outcome"], reply["content"], reply["fallbacks"]) == ("finished", "at last", [])
        assert len(service.provider.calls) == 2
        books = await settled_books(service.database)
        ensure_in_order(books)
        assert ensure_ledger_equals(books, service.provider) == Usage(7, 3)


@pytest.mark.timeout(240)
async def test_a_storm_of_every_fault_leaves_nothing_stuck_lost_or_miscounted(database_url: str) -> None:
    kinds = list(FAULTS)
    async with running(database_url) as service:
        service.provider.will_answer_with(weather)
        wishes: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
        for number in range(TURNS):
            # Every other question is answered well, for each model.
            is_fine = number // MODELS % 2 == 0
            wishes[number % PEOPLE].append((number, FINE if is_fine else kinds[number % len(kinds)]))
        told = await asyncio.gather(*(ask_all(service.person(), wished) for wished in wishes.values()))
        books = await settled_books(service.database)
        ensure_in_order(books)
        ensure_linear(books)
        ensure_ledger_equals(books, service.provider)
        assert len(books.turns) == TURNS
        ends = [end for ends in told for end in ends]
        assert [end for end in ends if not is_expected(*end)] == []
        seen = Counter(kind for kind, outcome, code, _ in ends if (outcome, code) == expected(kind))
        assert seen.keys() == {FINE, *FAULTS}, seen


End = tuple[str, str, str | None, str]


def weather(call: Call) -> tuple[Step, ...]:
    kind = call.question.partition(":")[0]
    return FAULTS.get(kind, NOTHING_WRONG).steps


async def ask_all(person: Person, wishes: list[tuple[int, str]]) -> list[End]:
    conversation = await person.start()
    ends = []
    for number, kind in wishes:
        answer = await person.ask(conversation, f"{kind}: {number}", model=f"model-{number % MODELS}")
        assert answer.status_code == 201, answer.text
        reply = answer.json()["reply"]
        ends.append((kind, reply["outcome"], reply["error_code"], reply["content"]))
    return ends


def expected(kind: str) -> tuple[str, str | None]:
    fault = FAULTS.get(kind, NOTHING_WRONG)
    return fault.outcome, fault.code


def is_expected(kind: str, outcome: str, code: str | None, said: str) -> bool:
    """Tell whether a turn ended as its fault demands, or was refused because its model kept failing."""
    is_spared = (outcome, code, said) == ("failed", "provider_unavailable", "")
    return is_spared or ((outcome, code) == expected(kind) and said == FAULTS.get(kind, NOTHING_WRONG).said)


def ensure_ledger_equals(books: Books, provider: OpenAIServer) -> Usage:
    """Check that what the provider told is what the ledger counts as told, call for call."""
    entries = [entry for entry in books.finished if entry["usage_source"] == "provider"]
    counted = Counter((entry["input_tokens"], entry["output_tokens"]) for entry in entries)
    told = Counter((call.usage.input_tokens, call.usage.output_tokens) for call in provider.calls if call.usage)
    assert counted == told
    return provider.told
