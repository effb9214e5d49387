"""The first start: the default tenant, the first signing key and the first administrator, together or not at all."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from auth_service.first_admin import FirstAdmin
from auth_service.keys import KeyRing, load_key_ring, new_signing_key
from auth_service.models import Bootstrap, Tenant, UserAccount, outbox
from auth_service.passwords import Passwords
from auth_service.settings import AuthSettings
from auth_service.users.repository import DEFAULT_TENANT, UserRepository
from auth_service.users.service import registered
from service_kit.clock import new_id, utc_now
from service_kit.contracts.tokens import Role
from service_kit.db import Database
from service_kit.logs import get_logger

BOOTSTRAP_ROW = 1

log = get_logger(__name__)


async def open_key_ring(database: Database, settings: AuthSettings, passwords: Passwords) -> KeyRing:
    """Make what a first start makes, when this is the first, and open the signing keys."""
    async with database.read() as session:
        has_started_before = await session.get(Bootstrap, BOOTSTRAP_ROW) is not None
    if not has_started_before:
        await _start_first(database, settings, passwords)
    async with database.read() as session:
        return await load_key_ring(session, secret=settings.auth_secret_key)


async def _start_first(database: Database, settings: AuthSettings, passwords: Passwords) -> None:
    admin = FirstAdmin.of(settings)
    password_hash = await passwords.hash(admin.password)
    now = utc_now()
    async with database.write() as session:
        if not await _claim(session, is_sqlite=database.is_sqlite, now=now):
            return
        tenant = Tenant(id=new_id(), name=DEFAULT_TENANT, created_at=now)
        session.add_all([tenant, new_signing_key(settings.auth_secret_key, now=now)])
        await session.flush()
        account = UserAccount(
            id=new_id(),
            tenant_id=tenant.id,
            username=admin.username,
            password_hash=password_hash,
            role=Role.ADMIN.value,
            created_at=now,
            updated_at=now,
            password_changed_at=now,
        )
        await UserRepository(session).add(account)
        await outbox.record(session, registered(account), occurred_at=now)
    log.info("first_start", username=admin.username)


async def _claim(session: AsyncSession, *, is_sqlite: bool, now: datetime) -> bool:
    # Of two processes that start at once, one waits here for the other's commit and then has nothing to do.
    insert = sqlite.insert if is_sqlite else postgresql.insert
    claimed = await session.execute(
        insert(Bootstrap)
        .values(id=BOOTSTRAP_ROW, done_at=now)
        .on_conflict_do_nothing(index_elements=[col(Bootstrap.id)])
        .returning(col(Bootstrap.id))
    )
    return claimed.first() is not None
