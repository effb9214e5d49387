"""The turn log and those who follow it."""

import asyncio
from uuid import uuid4

import pytest

from chat_service.turns.follow import Place, SlowFollower, _follow_log
from chat_service.turns.log import TurnLog, TurnLogs


async def test_followers_at_any_place_read_the_same_events() -> None:
    log = TurnLog(uuid4(), "e")
    readers = [asyncio.create_task(_all(log, seq)) for seq in (0, 3)]
    for number in range(10):
        log.append("delta", text=str(number))
        await asyncio.sleep(0)
    log.close()
    first, second = await asyncio.gather(*readers)
    assert [seq for seq, _ in first] == list(range(1, 11))
    assert second == first[3:]


async def _all(log: TurnLog, seq: int) -> list[tuple[int, bytes]]:
    return [(entry.seq, entry.body) async for entries in _follow_log(log, seq) for entry in entries]


async def test_a_follower_that_does_not_keep_up_is_let_go_and_the_turn_goes_on() -> None:
    """F32."""
    log = TurnLog(uuid4(), "e")
    following = _follow_log(log, 0)
    log.append("delta", text="first")
    assert len(await anext(following)) == 1
    for _ in range(120):
        log.append("delta", text="x" * 10_000)
    with pytest.raises(SlowFollower):
        await anext(following)
    assert log.last_seq == 121
    assert len(await anext(_follow_log(log, 0))) == 121


def test_the_text_until_an_event_is_what_its_deltas_said() -> None:
    log = TurnLog(uuid4(), "e")
    log.append("started")
    for text in ("a", "é", "漢"):
        log.append("delta", text=text)
    assert [log.text_until(seq) for seq in range(1, 5)] == ["", "a", "aé", "aé漢"]


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
