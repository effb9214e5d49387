"""Stream algebra: whatever is done and wherever the stream is cut, what a listener folded is what is stored.

Every sequence is one turn: asked through some door, spoken by a model that thinks, uses tools, fails, falls back or
hangs, perhaps stopped, and listened to over several connections that are cut at any event and taken up on another
transport, at the place where the listener was or at one that nobody knows.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.chat_service.algebra.plans import ACTIONS, DOORS, RESUMES, Scene, scenes
from tests.chat_service.algebra.script import Theatre
from tests.chat_service.algebra.stage import Stage
from tests.chat_service.conftest import running_chat

from chat_service.models import ChatTable
from service_kit.testing import created_tables

# A thousand conversations' worth of connections; a slow machine needs its time.
pytestmark = pytest.mark.timeout(400)

EXAMPLES = 16
SCENES_AT_ONCE = 16
SCENE_TURNS = 4
# On each of two databases: 2,000 in all.
SEQUENCES = 1_000


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    theatre = Theatre()
    async with (
        created_tables(database_url, ChatTable.metadata),
        running_chat(database_url, catalog=theatre.catalog, messages_per_minute=10_000) as chat,
    ):
        yield Stage(chat, theatre)


async def test_folding_what_was_heard_gives_what_is_stored(stage: Stage) -> None:
    loop = asyncio.get_running_loop()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        # What runs side by side cannot be played again to the letter, so there is nothing to shrink.
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(scenes(length=SCENE_TURNS), min_size=SCENES_AT_ONCE, max_size=SCENES_AT_ONCE))
    def play(batch: list[Scene]) -> None:
        asyncio.run_coroutine_threadsafe(stage.play(batch), loop).result()

    await asyncio.to_thread(play)
    assert stage.sequences >= SEQUENCES
    assert stage.seen.keys() >= {
        *(f"asked: {'send' if action in ('ask', 'edit', 'queue') else action}" for action in ACTIONS),
        *(f"over: {door}" for door in DOORS),
        *(f"from: {resume}" for resume in RESUMES),
        *(f"outcome: {outcome}" for outcome in ("finished", "stopped", "failed", "interrupted")),
    }
