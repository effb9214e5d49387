"""What it takes to begin a turn, and what a begun turn consists of."""

from dataclasses import dataclass
from uuid import UUID

from chat_service.models import Conversation, Message, Turn
from chat_service.providers.catalog import Model
from chat_service.providers.port import Parameters
from chat_service.turns.schemas import Again, Question
from service_kit.auth import Principal
from service_kit.contracts.events import Transport


@dataclass(frozen=True, slots=True)
class Regenerate:
    """Another answer to the question of `message_id`."""

    message_id: UUID
    again: Again


@dataclass(frozen=True, slots=True)
class Continue:
    """The rest of the answer `message_id`, which was interrupted."""

    message_id: UUID
    again: Again


Wish = Question | Regenerate | Continue


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for what, where, and through which door."""

    caller: Principal
    conversation_id: UUID
    wish: Wish
    transport: Transport

    @property
    def terms(self) -> Question | Again:
        """What every kind of wish has: the client's id, the model, the parameters."""
        return self.wish if isinstance(self.wish, Question) else self.wish.again


@dataclass(frozen=True, slots=True)
class BegunTurn:
    """A turn as it was begun; `is_new` is False when the same thing had been asked before."""

    turn: Turn
    question: Message
    reply: Message
    conversation: Conversation
    model: Model
    parameters: Parameters
    system_prompt: str
    continues: Message | None
    is_new: bool
