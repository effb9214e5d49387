"""The turn log by itself: what it keeps, what a reply is at any point of it, and what waiting for it costs."""

import asyncio
from uuid import uuid4

import pytest
from tests.contracts.replicas import USAGE, end, folded, made_turn

from chat_service.conversations.views import message_view
from chat_service.turns.ear import Ear, closed
from chat_service.turns.follow import Place
from chat_service.turns.log import Entry, MissingEvents, TurnLog, TurnLogs


def begun_log() -> TurnLog:
    """A log as a turn begins it."""
    _, turn, question, reply = made_turn()
    log = TurnLog(turn.id, turn.epoch)
    shown = message_view(question).model_dump(), message_view(reply).model_dump()
    log.append("started", client_message_id=str(turn.client_message_id), question=shown[0], reply=shown[1])
    return log


def test_the_reply_at_any_event_is_what_folding_gives() -> None:
    log = begun_log()
    for text in ("a", "é", "漢"):
        log.append("delta", text=text)
        log.append("reasoning", text=text * 2)
    step = {"call_id": "1", "name": "clock", "arguments": "{}", "state": "running", "result": None}
    log.append("tool", step=step)
    log.append("delta", text="!")
    log.append("tool", step={**step, "state": "done", "result": "noon"})
    log.append("fallback", failed={"model": "m", "provider": "p", "code": "c"}, model="n", provider="q")
    log.append("usage", **USAGE)
    log.append("delta", text="?")
    end(log)
    whole = log.after(0)
    # Forwards, backwards and again: what was folded before must not show.
    for seq in (*range(len(whole) + 1), *reversed(range(len(whole) + 1)), 3, 9, 4):
        assert log.reply_at(seq) == folded(whole[:seq])


def test_a_long_reply_is_folded_piece_by_piece_only_once() -> None:
    log = begun_log()
    for number in range(20_000):
        log.append("delta", text=f"{number} ")
    reply = log.reply_at(log.last_seq)
    assert reply is not None
    assert reply["content"] == "".join(f"{number} " for number in range(20_000))
    log.append("delta", text="end")
    assert log.reply_at(log.last_seq) == {**reply, "content": reply["content"] + "end"}


def test_events_of_another_replica_are_taken_over_without_a_hole() -> None:
    log, mirror = begun_log(), TurnLog(uuid4(), "e")
    for number in range(9):
        log.append("delta", text=str(number))
    mirror.take_over(log.after(0)[:4], replayed_seq=0)
    mirror.take_over(log.after(0)[1:6], replayed_seq=0)
    assert mirror.after(0) == log.after(0)[:6]
    with pytest.raises(MissingEvents):
        mirror.take_over(log.after(7), replayed_seq=0)
    assert mirror.after(0) == log.after(0)[:6]
    mirror.take_over(log.after(6), replayed_seq=0)
    assert mirror.after(0) == log.after(0)


def test_only_so_many_ended_logs_are_kept_and_no_running_one_is_forgotten() -> None:
    logs = TurnLogs(kept_bytes=10_000, kept_logs=3)
    running = logs.open(uuid4(), "e")
    ended = [logs.open(uuid4(), "e") for _ in range(5)]
    for log in ended:
        logs.close(log)
    assert [logs.find(log.turn_id) is not None for log in ended] == [False, False, True, True, True]
    big = logs.open(uuid4(), "e")
    big.append("delta", text="x" * 20_000)
    logs.close(big)
    assert logs.find(big.turn_id) is None
    assert logs.find(running.turn_id) is running


def test_who_waits_for_turns_hears_of_a_log_that_is_opened() -> None:
    logs = TurnLogs()
    opened: list[TurnLog] = []
    logs.on_open(opened.append)
    assert [logs.open(uuid4(), "e")] == opened


async def test_a_quiet_log_is_told_again_and_again() -> None:
    with Ear(begun_log(), 1, quiet_seconds=0.01) as ear:
        assert [await ear.hear() for _ in range(3)] == [False, False, False]


async def test_what_was_said_before_the_waiting_began_is_not_waited_for() -> None:
    log = begun_log()
    with Ear(log, 0, quiet_seconds=30) as ear:
        taken: list[Entry] = []
        speaking = asyncio.create_task(speak(log, 200))
        while len(taken) < 201:
            taken += entries if (entries := ear.take()) else []
            if not entries:
                assert await ear.hear()
        await speaking
    assert taken == log.after(0)
    assert log.listener_count == 0


async def speak(log: TurnLog, count: int) -> None:
    """Say something now and then, and several things at once now and then."""
    for number in range(count):
        log.append("delta", text=str(number))
        if number % 3:
            await asyncio.sleep(0)


async def test_the_end_is_waited_for_without_a_trace() -> None:
    log = begun_log()
    waiting, leaving = asyncio.create_task(closed(log)), asyncio.create_task(closed(log))
    await asyncio.sleep(0)
    log.append("delta", text="x")
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.wait([leaving])
    assert (waiting.done(), log.listener_count) == (False, 1)
    log.close()
    await waiting
    await closed(log)
    assert log.listener_count == 0


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (None, Place(None, 0)),
        ("", Place(None, 0)),
        ("epoch:7", Place("epoch", 7)),
        ("a:b:7", Place("a:b", 7)),
        ("7", Place("unknown", 7)),
        ("epoch:x", Place("epoch", 0)),
    ],
)
def test_places_are_read_from_the_last_event_id(text: str | None, place: Place) -> None:
    assert Place.parse(text) == place
