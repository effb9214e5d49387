"""Sessions in the database."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from auth_service.models import LoginSession, UserAccount
from auth_service.sessions.rules import Lineage


@dataclass(frozen=True, slots=True)
class SessionOfAccount:
    """A session and the account it belongs to."""

    session_id: UUID
    line: Lineage
    refresh_hash: str
    account: UserAccount


class SessionRepository:
    """Reads and writes sessions within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, login: LoginSession) -> None:
        """Store a new session."""
        self._session.add(login)
        await self._session.flush()

    async def find(self, session_id: UUID) -> SessionOfAccount | None:
        """Return the session of an active account."""
        found = (
            await self._session.execute(
                select(LoginSession, UserAccount)
                .join(UserAccount, col(UserAccount.id) == col(LoginSession.user_id))
                .where(col(LoginSession.id) == session_id, col(UserAccount.is_active))
            )
        ).one_or_none()
        if found is None:
            return None
        login, account = found
        line = Lineage(login.generation, login.rotated_at, login.last_used_at, login.expires_at, login.revoked_at)
        return SessionOfAccount(login.id, line, login.refresh_hash, account)

    async def rotate(self, session_id: UUID, *, generation: int, successor_hash: str, now: datetime) -> bool:
        """Move the line one generation on, unless somebody else has; only one of several at once succeeds."""
        moved = await self._session.execute(
            update(LoginSession)
            .where(
                col(LoginSession.id) == session_id,
                col(LoginSession.generation) == generation,
                col(LoginSession.revoked_at).is_(None),
            )
            .values(generation=generation + 1, refresh_hash=successor_hash, rotated_at=now, last_used_at=now)
            .returning(col(LoginSession.id))
        )
        return moved.first() is not None

    async def revoke(self, session_id: UUID, *, reason: str, now: datetime) -> bool:
        """End a session; whether it was still alive."""
        ended = await self._session.execute(
            update(LoginSession)
            .where(col(LoginSession.id) == session_id, col(LoginSession.revoked_at).is_(None))
            .values(revoked_at=now, revoked_reason=reason)
            .returning(col(LoginSession.id))
        )
        return ended.first() is not None

    async def revoke_others(self, user_id: UUID, *, kept: UUID, reason: str, now: datetime) -> int:
        """End all sessions of a user but one, and return how many were alive."""
        ended = await self._session.execute(
            update(LoginSession)
            .where(
                col(LoginSession.user_id) == user_id,
                col(LoginSession.id) != kept,
                col(LoginSession.revoked_at).is_(None),
            )
            .values(revoked_at=now, revoked_reason=reason)
            .returning(col(LoginSession.id))
        )
        return len(ended.all())

    async def forget_over(self, user_id: UUID, *, before: datetime) -> None:
        """Delete a user's sessions that were over before a moment."""
        await self._session.execute(
            delete(LoginSession).where(
                col(LoginSession.user_id) == user_id,
                or_(col(LoginSession.expires_at) < before, col(LoginSession.revoked_at) < before),
            )
        )
