"""Conversations in which something has happened already."""

from typing import Any

from tests.chat_service.conftest import Chat, Person

from chat_service.providers.port import Delta, ProviderCut

View = dict[str, Any]


async def asked_twice(chat: Chat, person: Person) -> tuple[str, list[View]]:
    """A conversation of two questions with their answers."""
    conversation = await person.start()
    chat.provider.will_say("first answer")
    await person.ask(conversation, "first question")
    chat.provider.will_say("second answer")
    await person.ask(conversation, "second question")
    return conversation, await person.messages(conversation)


async def interrupted(chat: Chat, person: Person, *said: str) -> tuple[str, View]:
    """A conversation with an answer that broke off in the middle."""
    conversation = await person.start()
    chat.provider.will_play(*map(Delta, said or ("half ",)), ProviderCut())
    reply = (await person.ask(conversation, "question")).json()["reply"]
    assert reply["outcome"] == "interrupted"
    return conversation, reply
