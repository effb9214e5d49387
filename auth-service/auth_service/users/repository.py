"""Accounts in the database."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from auth_service.models import LoginSession, Tenant, UserAccount
from service_kit.auth import Principal

DEFAULT_TENANT = "default"


class UserRepository:
    """Reads and writes accounts within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def named(self, username: str) -> UserAccount | None:
        """Return the account with this username, for signing in and for seeing that a name is taken."""
        return await self._one(select(UserAccount).where(col(UserAccount.username) == username))

    async def own(self, caller: Principal, *, now: datetime) -> UserAccount | None:
        """Return the caller's account, while it is active and the session of the caller's token lives."""
        return await self._one(
            select(UserAccount)
            .join(LoginSession, col(LoginSession.user_id) == col(UserAccount.id))
            .where(
                col(UserAccount.id) == caller.user_id,
                col(UserAccount.tenant_id) == caller.tenant_id,
                col(UserAccount.is_active),
                col(LoginSession.id) == caller.session_id,
                col(LoginSession.revoked_at).is_(None),
                col(LoginSession.expires_at) > now,
            )
        )

    async def locked_with(self, user_id: UUID, *, password_hash: str) -> UserAccount | None:
        """Return the account locked, if it is active and its password is still the one that was verified."""
        return await self._one(
            select(UserAccount)
            .where(
                col(UserAccount.id) == user_id,
                col(UserAccount.password_hash) == password_hash,
                col(UserAccount.is_active),
            )
            .with_for_update()
        )

    async def default_tenant_id(self) -> UUID:
        """Return the tenant that people who register belong to."""
        return (
            await self._session.execute(select(col(Tenant.id)).where(col(Tenant.name) == DEFAULT_TENANT))
        ).scalar_one()

    async def add(self, account: UserAccount) -> None:
        """Store a new account; a taken name raises IntegrityError here."""
        self._session.add(account)
        await self._session.flush()

    async def replace_hash(self, user_id: UUID, *, password_hash: str) -> None:
        """Store the same password under a newer hash."""
        await self._session.execute(
            update(UserAccount).where(col(UserAccount.id) == user_id).values(password_hash=password_hash)
        )

    async def _one(self, statement: Any) -> UserAccount | None:
        account: UserAccount | None = (await self._session.execute(statement)).scalar_one_or_none()
        return account
