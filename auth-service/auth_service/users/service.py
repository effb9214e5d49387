"""What people do with accounts: register, change the profile, change the password."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from auth_service.attempts import Attempts
from auth_service.models import UserAccount, outbox
from auth_service.passwords import Passwords
from auth_service.sessions.repository import SessionRepository
from auth_service.users.repository import UserRepository
from auth_service.users.rules import ensure_strong_enough
from auth_service.users.schemas import PasswordChange, ProfileChange, Registration
from service_kit.auth import Principal
from service_kit.clock import new_id
from service_kit.contracts.events import UserRegistered
from service_kit.contracts.tokens import Role
from service_kit.db import Database
from service_kit.errors import NotAuthenticated, ServiceError
from service_kit.logs import get_logger

log = get_logger(__name__)


class RegistrationClosed(ServiceError):
    status, code = 403, "registration_closed"
    detail = "Nobody can register here by themselves. Ask the administrator for an account."


class UsernameTaken(ServiceError):
    status, code = 409, "username_taken"
    detail = "This username is taken. Choose another."


class CurrentPasswordWrong(ServiceError):
    status, code = 403, "current_password_wrong"
    detail = "The current password is not right."


class UserService:
    """The use cases of accounts."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        attempts: Attempts,
        *,
        is_registration_open: bool,
        password_min_chars: int,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._attempts = attempts
        self._is_registration_open = is_registration_open
        self._password_min_chars = password_min_chars

    async def register(self, wanted: Registration, *, address: str, now: datetime) -> UserAccount:
        """Create an account. Whoever registers is a user; other roles are given by administrators."""
        if not self._is_registration_open:
            raise RegistrationClosed
        ensure_strong_enough(wanted.password, username=wanted.username, min_chars=self._password_min_chars)
        await self._attempts.count_registration(address=address)
        async with self._database.read() as session:
            if await UserRepository(session).named(wanted.username) is not None:
                raise UsernameTaken
        password_hash = await self._passwords.hash(wanted.password)
        try:
            async with self._database.write() as session:
                users = UserRepository(session)
                account = UserAccount(
                    id=new_id(),
                    tenant_id=await users.default_tenant_id(),
                    username=wanted.username,
                    email=wanted.email,
                    display_name=wanted.display_name,
                    password_hash=password_hash,
                    role=Role.USER.value,
                    created_at=now,
                    updated_at=now,
                    password_changed_at=now,
                )
                await users.add(account)
                await outbox.record(session, registered(account), occurred_at=now)
        except IntegrityError:
            # Somebody else took the name between our look and our writing.
            raise UsernameTaken from None
        log.info("user_registered", user_id=str(account.id))
        return account

    async def own_account(self, caller: Principal, *, now: datetime) -> UserAccount:
        """Return the caller's account."""
        async with self._database.read() as session:
            return _present(await UserRepository(session).own(caller, now=now))

    async def change_profile(self, caller: Principal, change: ProfileChange, *, now: datetime) -> UserAccount:
        """Change what was given and leave the rest."""
        async with self._database.write() as session:
            account = _present(await UserRepository(session).own(caller, now=now))
            wanted = change.model_dump(exclude_unset=True)
            if wanted:
                account.sqlmodel_update({**wanted, "updated_at": now})
        return account

    async def change_password(self, caller: Principal, change: PasswordChange, *, now: datetime) -> None:
        """Replace the password of somebody who knows the present one, and end their other sessions."""
        account = await self.own_account(caller, now=now)
        ensure_strong_enough(change.new_password, username=account.username, min_chars=self._password_min_chars)
        await self._ensure_current_password(account, change.current_password)
        new_hash = await self._passwords.hash(change.new_password)
        async with self._database.write() as session:
            locked = await UserRepository(session).locked_with(account.id, password_hash=account.password_hash)
            if locked is None:
                raise CurrentPasswordWrong
            locked.password_hash = new_hash
            locked.password_changed_at = locked.updated_at = now
            ended = await SessionRepository(session).revoke_others(
                account.id, kept=caller.session_id, reason="password_changed", now=now
            )
        log.info("password_changed", user_id=str(account.id), sessions_ended=ended)

    async def _ensure_current_password(self, account: UserAccount, password: str) -> None:
        user_id = str(account.id)
        await self._attempts.ensure_password_change_allowed(user_id)
        is_right, _ = await self._passwords.verify(password, account.password_hash)
        if not is_right:
            await self._attempts.count_wrong_current_password(user_id)
            raise CurrentPasswordWrong
        # Guesses sent at once are verified at once: too many wrong ones make a right one among them worthless.
        await self._attempts.ensure_password_change_allowed(user_id)


def registered(account: UserAccount) -> UserRegistered:
    """What is told about a new account."""
    return UserRegistered(tenant_id=account.tenant_id, user_id=account.id, role=account.role)


def _present(account: UserAccount | None) -> UserAccount:
    if account is None:
        raise NotAuthenticated
    return account
