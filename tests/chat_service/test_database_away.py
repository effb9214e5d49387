"""F21: while the database is away, requests get 503 with Retry-After and nothing is lost; afterwards all goes on."""

import asyncio

import pytest
from tests.chat_service.conftest import running_chat
from tests.conftest import run_on_postgres

from chat_service.models import ChatTable
from chat_service.providers.port import Delta, Finish, Usage
from service_kit.testing import created_tables


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_requests_are_refused_politely_and_a_running_turn_is_stored_later(
    database_url: str, postgres_database: str
) -> None:
    name = postgres_database.rpartition("/")[2]
    async with created_tables(database_url, ChatTable.metadata), running_chat(database_url) as chat:
        person = chat.person()
        conversation = await person.start()
        go_on = asyncio.Event()
        chat.provider.will_play(Delta("said while "), go_on, Delta("away"), Finish("stop"), Usage(1, 2))
        begun = await person.begin(conversation, "?")
        await run_on_postgres(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            await run_on_postgres(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            go_on.set()
            for path in ("/conversations", f"/conversations/{conversation}", "/ready"):
                answer = await person.request("GET", path)
                assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
                assert answer.headers["retry-after"] == "1"
            refused = await person.ask(conversation, "lost?")
            assert (refused.status_code, refused.json()["code"]) == (503, "database_unavailable")
        finally:
            await run_on_postgres(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        events = await person.events(begun["turn"]["id"])
        assert (events[-1]["outcome"], events[-1]["reply"]["content"]) == ("finished", "said while away")
        assert len(await person.messages(conversation)) == 2
