"""What happens to a turn whose process dies, freezes or loses its database: it ends, once, with what was said."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import update
from tests.chat_service.conftest import Chat, running_chat

from chat_service.models import Message, Turn
from chat_service.providers.port import Delta, Finish, Usage
from chat_service.turns.checkpoints import Checkpointer
from chat_service.turns.reaper import Reaper
from service_kit.clock import utc_now


async def expire_leases(chat: Chat) -> None:
    async with chat.database.write() as session:
        await session.execute(update(Turn).values(lease_until=utc_now() - timedelta(seconds=1)))


async def heard(chat: Chat, turn_id: str, text: str) -> None:
    """Wait until the turn has said this text."""
    draft, grown = chat.app.state.engine.running[UUID(turn_id)].draft, asyncio.Event()
    draft.log.listen(grown.set)
    async with asyncio.timeout(10):
        while draft.text != text:
            await grown.wait()
            grown.clear()


async def test_what_was_said_reaches_the_database_before_the_end(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    go_on = asyncio.Event()
    chat.provider.will_play(Delta("half "), go_on, Delta("whole"), Finish("stop"), Usage(1, 2))
    begun = await person.begin(conversation, "?")
    await heard(chat, begun["turn"]["id"], "half ")
    await Checkpointer(chat.database, chat.app.state.engine).save()
    reply = (await person.messages(conversation))[-1]
    assert (reply["content"], reply["outcome"]) == ("half ", None)
    go_on.set()
    assert (await person.events(begun["turn"]["id"]))[-1]["reply"]["content"] == "half whole"


async def test_a_turn_of_a_dead_process_is_ended_once_with_what_was_saved(chat: Chat) -> None:
    """F02."""
    person = chat.person()
    conversation = await person.start()
    come_back = asyncio.Event()
    chat.provider.will_play(Delta("saved "), come_back, Delta("too late"), Finish("stop"), Usage(1, 2))
    begun = await person.begin(conversation, "?")
    await heard(chat, begun["turn"]["id"], "saved ")
    engine = chat.app.state.engine
    await Checkpointer(chat.database, engine).save()
    # Nobody cares for the turn any more: as after a kill, or while its process is frozen.
    forgotten = engine.running.pop(next(iter(engine.running)))
    await expire_leases(chat)
    reaper = Reaper(chat.database, chat.app.state.catalog, engine)
    await asyncio.gather(*(reaper.reap() for _ in range(5)))
    reply = (await person.messages(conversation))[-1]
    assert (reply["content"], reply["outcome"], reply["usage_source"]) == ("saved ", "interrupted", "estimated")
    # The frozen process wakes up and finds that its turn was ended for it.
    come_back.set()
    await asyncio.wait([forgotten.task])
    assert (await person.messages(conversation))[-1] == reply
    (recorded,) = await chat.recorded("chat.turn.finished.v1")
    assert (recorded["outcome"], recorded["input_tokens"] > 0) == ("interrupted", True)
    assert (await person.ask(conversation, "go on")).json()["reply"]["outcome"] == "finished"


async def test_a_living_turn_is_not_reaped_when_the_database_was_away(chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    go_on = asyncio.Event()
    chat.provider.will_play(Delta("a"), go_on, Delta("b"), Finish("stop"), Usage(1, 2))
    begun = await person.begin(conversation, "?")
    await expire_leases(chat)
    assert await Reaper(chat.database, chat.app.state.catalog, chat.app.state.engine).reap() == 0
    go_on.set()
    assert (await person.events(begun["turn"]["id"]))[-1]["outcome"] == "finished"


async def test_a_follower_in_another_process_sees_the_text_and_the_end(database_url: str, chat: Chat) -> None:
    """A restart, or another replica: the log is not there, the database is."""
    person = chat.person()
    conversation = await person.start()
    go_on = asyncio.Event()
    chat.provider.will_play(Delta("from afar"), go_on, Finish("stop"), Usage(1, 2))
    begun = await person.begin(conversation, "?")
    turn_id = begun["turn"]["id"]
    await heard(chat, turn_id, "from afar")
    await Checkpointer(chat.database, chat.app.state.engine).save()
    async with running_chat(database_url, chat.issuer) as replica:
        afar = replica.person(user_id=person.user_id, tenant_id=person.tenant_id)
        path = f"/turns/{turn_id}/events"
        async with afar.stream("GET", path, headers={"Last-Event-ID": f"{begun['turn']['epoch']}:1"}) as events:
            seen = [await anext(events)]
            go_on.set()
            seen.extend([event async for event in events])
    assert (seen[0]["kind"], seen[0]["reply"]["content"]) == ("snapshot", "from afar")
    assert (seen[-1]["kind"], seen[-1]["reply"]["content"]) == ("done", "from afar")


async def test_a_stop_through_another_process_reaches_the_owner(database_url: str, chat: Chat) -> None:
    person = chat.person()
    conversation = await person.start()
    chat.provider.will_play(Delta("x"), asyncio.Event())
    turn_id = (await person.begin(conversation, "?"))["turn"]["id"]
    async with running_chat(database_url, chat.issuer) as replica:
        afar = replica.person(user_id=person.user_id, tenant_id=person.tenant_id)
        assert (await afar.request("POST", f"/turns/{turn_id}/stop")).status_code == 200
        await Checkpointer(chat.database, chat.app.state.engine).save()
        assert (await afar.events(turn_id))[-1]["outcome"] == "stopped"


async def test_ending_the_service_keeps_what_was_said(database_url: str, chat: Chat) -> None:
    async with running_chat(database_url, chat.issuer) as ending:
        person = ending.person(tenant_id=uuid4())
        conversation = await person.start()
        ending.provider.will_play(Delta("so far"), asyncio.Event())
        begun = await person.begin(conversation, "?")
        await heard(ending, begun["turn"]["id"], "so far")
        await ending.app.state.engine.drain(seconds=0)
    after = chat.person(user_id=person.user_id, tenant_id=person.tenant_id)
    reply = (await after.messages(conversation))[-1]
    assert (reply["content"], reply["outcome"], reply["error_code"]) == ("so far", "interrupted", "interrupted")
    assert {row.outcome for row in await chat.rows(Turn)} == {"interrupted"}
    assert len(await chat.rows(Message)) == 2
