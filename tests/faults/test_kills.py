"""kill -9 of any one service in the middle of streaming: nothing accepted is lost, no turn hangs, the totals are exact.

F01, F02, F04, F05, F06, F13 of the fault catalogue.
"""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest
from tests.system.people import Person, signed_in
from tests.system.system import System, started_system, truth

# Whole systems are started and killed several times in one test; a slow machine needs its time.
pytestmark = pytest.mark.timeout(400)

QUESTION = "A long answer please, with a table and some code"


async def said_something(person: Person, turn_id: str) -> None:
    """Wait until a turn has begun to speak."""
    async with person.stream(f"/chat/turns/{turn_id}/events") as events:
        async for event in events:
            if event["kind"] == "delta" and event["seq"] > 20:
                return


async def everything_is_in_order(system: System, person: Person, conversations: list[str]) -> None:
    """What must hold after any fault: every turn has ended, replies are well-formed, analytics tells the truth."""
    async with signed_in(system, registers=False) as admin:
        await admin.summary_that_equals(system)
    for conversation in conversations:
        messages = await person.messages(conversation)
        assert [message["role"] for message in messages] == ["user", "assistant"] * (len(messages) // 2)
        assert all(message["outcome"] for message in messages if message["role"] == "assistant")
        next_reply = (await person.ask(conversation, "And now?"))["reply"]
        assert next_reply["outcome"] == "finished"
    async with signed_in(system, registers=False) as admin:
        await admin.summary_that_equals(system)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_killing_any_service_mid_stream_loses_nothing(tmp_path: Path, engine: str) -> None:
    async with started_system(tmp_path, engine=engine) as system, signed_in(system) as person:
        conversations = [await person.start() for _ in range(4)]
        for victim, outcomes in (
            ("chat", {"interrupted"}),
            ("auth", {"finished"}),
            ("analytics", {"finished"}),
            ("gateway", {"finished"}),
        ):
            begun = [await person.begin(conversation, QUESTION) for conversation in conversations]
            turns = [each["turn"]["id"] for each in begun]
            following = [asyncio.create_task(person.follow(turn)) for turn in turns]
            await asyncio.gather(*(said_something(person, turn) for turn in turns))
            await system.restart_after_kill(victim)
            followed = await asyncio.gather(*following)
            stored = [(await person.messages(conversation))[-1] for conversation in conversations]
            assert {message["outcome"] for message in stored} <= outcomes, victim
            # What a follower has after folding everything it saw is what is stored.
            assert [each.text for each in followed] == [message["content"] for message in stored], victim
        await everything_is_in_order(system, person, conversations)
        assert (await truth(system))["questions"] == 4 * 5


async def test_every_accepted_question_survives_a_chat_service_that_keeps_dying(tmp_path: Path) -> None:
    """F01: clients repeat with the same id until they hear an answer; each question is there exactly once."""
    quick = {"DEMO_DELTAS_PER_SECOND": "2000"}
    async with started_system(tmp_path, settings=quick) as system, signed_in(system) as person:
        conversations = [await person.start() for _ in range(3)]

        async def keep_asking(conversation: str) -> list[str]:
            asked = []
            for number in range(4):
                client_message_id = str(uuid4())
                await person.ask(conversation, f"Question {number}", client_message_id=client_message_id)
                asked.append(client_message_id)
            return asked

        asking = [asyncio.create_task(keep_asking(conversation)) for conversation in conversations]
        for _ in range(2):
            await system.restart_after_kill("chat")
        asked = await asyncio.gather(*asking)
        for conversation, ids in zip(conversations, asked, strict=True):
            questions = [each for each in await person.messages(conversation) if each["role"] == "user"]
            assert [each["client_message_id"] for each in questions] == ids
        await everything_is_in_order(system, person, conversations)


async def test_redis_may_die_and_come_back_empty_at_any_time(tmp_path: Path) -> None:
    """F13."""
    async with started_system(tmp_path) as system, signed_in(system) as person:
        conversation = await person.start()
        begun = await person.begin(conversation, QUESTION)
        await said_something(person, begun["turn"]["id"])
        system.redis.kill()
        followed = await person.follow(begun["turn"]["id"])
        assert (followed.last["outcome"], followed.snapshots) == ("finished", 0)
        await everything_is_in_order(system, person, [conversation])
        await system.start_redis()
        await everything_is_in_order(system, person, [conversation])


async def test_analytics_catches_up_with_what_it_missed(tmp_path: Path) -> None:
    """F05, F17 in small."""
    quick = {"DEMO_DELTAS_PER_SECOND": "5000"}
    async with started_system(tmp_path, settings=quick) as system, signed_in(system) as person:
        conversation = await person.start()
        system.processes["analytics"].kill()
        for number in range(15):
            await person.ask(conversation, f"Question {number}")
        await system.start("analytics")
        await everything_is_in_order(system, person, [conversation])
