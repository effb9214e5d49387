"""Who wants to hear of new turns in a conversation, whoever asks for them."""

from collections.abc import Callable, Collection
from uuid import UUID

from chat_service.models import Turn

TurnListener = Callable[[Turn], None]


class TurnListeners:
    """The listeners of one process."""

    def __init__(self) -> None:
        self._listeners: dict[UUID, set[TurnListener]] = {}

    def add(self, conversation_id: UUID, listener: TurnListener) -> Callable[[], None]:
        """Tell the listener of every turn that begins in a conversation; returns how to stop listening."""
        listeners = self._listeners.setdefault(conversation_id, set())
        listeners.add(listener)

        def forget() -> None:
            listeners.discard(listener)
            if not listeners and self._listeners.get(conversation_id) is listeners:
                del self._listeners[conversation_id]

        return forget

    def conversations(self) -> Collection[UUID]:
        """The conversations in which somebody listens."""
        return self._listeners.keys()

    def tell(self, turn: Turn) -> None:
        """Tell of a turn that began, here or elsewhere."""
        for listener in list(self._listeners.get(turn.conversation_id, ())):
            listener(turn)
