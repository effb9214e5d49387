"""A listener that folds what it hears, keeps count of the text by itself, and notices every hole."""

from dataclasses import dataclass
from typing import Any

from chat_service.turns.events import CLOSING, USAGE_FIELDS, fold

Event = dict[str, Any]
Reply = dict[str, Any]

# What the events before the closing one tell of a reply, without its help.
TOLD = ("content", "reasoning", "steps", "fallbacks", "model", "provider", "asked_model", *USAGE_FIELDS)


@dataclass
class Listener:
    """What a client has of one turn, after everything it heard over any number of connections."""

    turn_id: str | None = None
    reply: Reply | None = None
    # The reply as it was before the closing event replaced it.
    told: Reply | None = None
    # Its text by adding pieces only: a second opinion on the fold.
    text: str = ""
    epoch: str | None = None
    seq: int = 0
    is_over: bool = False
    heard: int = 0

    @property
    def place(self) -> str | None:
        """Where it has got, as every door takes it."""
        return None if self.epoch is None else f"{self.epoch}:{self.seq}"

    def forget(self) -> None:
        """Lose everything but the id of the turn, like a page that is loaded anew."""
        self.reply = self.told = self.epoch = None
        self.text, self.seq, self.is_over = "", 0, False

    def take(self, event: Event) -> None:
        """Hear one event."""
        self.turn_id = self.turn_id or event["turn_id"]
        assert event["turn_id"] == self.turn_id
        self.heard += 1
        if event["kind"] == "snapshot":
            self.text = event["reply"]["content"]
        elif self.epoch is None:
            assert (event["kind"], event["seq"]) == ("started", 1), "a listener without a place begins at the start"
            self.text = event["reply"]["content"]
        elif event["kind"] not in CLOSING:
            assert event["epoch"] == self.epoch
            if event["seq"] <= self.seq:
                # Somebody else's wish made the socket tell it from the start.
                return
            assert event["seq"] == self.seq + 1, f"a hole after {self.seq}: {event}"
            self.text += event["text"] if event["kind"] == "delta" else ""
        if event["kind"] in CLOSING:
            self.told, self.is_over = self.reply, True
        self.reply = fold(self.reply, event)
        self.epoch, self.seq = event["epoch"], event["seq"]

    def agrees_with(self, stored: Reply) -> None:
        """Compare everything that was heard with what is stored."""
        assert self.reply == stored
        assert self.text == stored["content"]
        assert self.told is not None
        assert {name: self.told[name] for name in TOLD} == {name: stored[name] for name in TOLD}
