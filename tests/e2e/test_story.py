"""The story of the product: somebody registers, asks, stops, comes back; an administrator sees it counted, live."""

import asyncio
from pathlib import Path

import pytest
from tests.system.people import signed_in
from tests.system.system import started_system, truth

# A whole system is started in each test; a slow machine needs its time.
pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_a_person_chats_and_an_administrator_sees_it_counted(tmp_path: Path, engine: str) -> None:
    async with (
        started_system(tmp_path, engine=engine) as system,
        signed_in(system) as person,
        signed_in(system, registers=False) as admin,
    ):
        conversation = await person.start()
        first = await person.ask(conversation, "Show me a table")
        assert first["reply"]["outcome"] == "finished"
        assert "demo model" in first["reply"]["content"]
        begun = await person.begin(conversation, "A long answer please")
        async with person.stream(f"/chat/turns/{begun['turn']['id']}/events") as events:
            async for event in events:
                if event["kind"] == "delta" and event["seq"] > 5:
                    break
        await person.request("POST", f"/chat/turns/{begun['turn']['id']}/stop")
        stopped = (await person.messages(conversation))[-1]
        assert stopped["outcome"] == "stopped"
        assert stopped["content"]
        summary = await admin.summary_that_equals(system)
        assert (summary["total_users"], summary["active_users_today"]) == (2, 1)
        assert (summary["total_conversations"], summary["total_messages"]) == (1, 4)
        assert summary["stopped_turns"] == 1
        assert summary["p95_response_time"] > summary["avg_response_time"] > 0
        refused = await person.request("GET", "/analytics/analytics/summary")
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        logs = system.logs()
        assert "Show me a table" not in logs
        assert system.admin_password not in logs
        assert person.password not in logs


async def test_an_open_dashboard_moves_when_somebody_asks(tmp_path: Path) -> None:
    async with (
        started_system(tmp_path) as system,
        signed_in(system) as person,
        signed_in(system, registers=False) as admin,
    ):
        conversation = await person.start()
        await person.ask(conversation, "first")
        before = await admin.summary_that_equals(system)
        async with admin.stream("/analytics/analytics/live") as events:
            await person.ask(conversation, "second")
            async with asyncio.timeout(10):
                async for event in events:
                    if event.get("total_messages") == before["total_messages"] + 2:
                        break


async def test_everything_works_without_redis(tmp_path: Path) -> None:
    """F12: no Redis at start."""
    async with (
        started_system(tmp_path, redis=False) as system,
        signed_in(system) as person,
        signed_in(system, registers=False) as admin,
    ):
        conversation = await person.start()
        await person.ask(conversation, "Is anybody there?")
        await admin.summary_that_equals(system)


async def test_the_system_ends_cleanly_while_somebody_listens(tmp_path: Path) -> None:
    async with started_system(tmp_path, settings={"DEMO_DELTAS_PER_SECOND": "200"}) as system:
        async with signed_in(system) as person, signed_in(system, registers=False) as admin:
            conversation = await person.start()
            begun = await person.begin(conversation, "A long answer please")
            async with admin.stream("/analytics/analytics/live") as events:
                await anext(events)
                codes = await system.end()
        assert set(codes.values()) == {0}, codes
        await system.start()
        async with signed_in(system, registers=False) as admin:
            held = await truth(system)
            assert held["running"] == 0, begun
            await admin.summary_that_equals(system)
