"""Pages by cursor: stable while rows are added, opaque to the caller."""

import base64
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service_kit.errors import ServiceError

MAX_CURSOR_CHARS = 200


class CursorInvalid(ServiceError):
    status, code = 422, "cursor_invalid"
    detail = "This cursor was not made here; leave it out to start at the beginning."


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place of a row in an order by time and id."""

    at: datetime
    row_id: UUID

    def encode(self) -> str:
        """Encode for the caller."""
        return base64.urlsafe_b64encode(f"{self.at.isoformat()}|{self.row_id}".encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str | None) -> "Cursor | None":
        """Decode what a caller sends back, or raise CursorInvalid."""
        if not text:
            return None
        try:
            if len(text) > MAX_CURSOR_CHARS:
                raise ValueError
            raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
            at, _, row_id = raw.decode().partition("|")
            moment = datetime.fromisoformat(at)
            if moment.tzinfo is None:
                raise ValueError
            return cls(moment, UUID(row_id))
        except ValueError as error:
            raise CursorInvalid from error
