"""Signing in, staying signed in, signing out."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from auth_service.attempts import Attempts
from auth_service.models import USER_AGENT_MAX_CHARS, LoginSession, UserAccount
from auth_service.passwords import Passwords
from auth_service.sessions.repository import SessionOfAccount, SessionRepository
from auth_service.sessions.rules import LIFE_MAX, Verdict, judge, lives_for
from auth_service.tokens import AccessTokens, RefreshToken, RefreshTokens, fingerprint
from auth_service.users.repository import UserRepository
from auth_service.users.rules import normal_username
from service_kit.clock import new_id
from service_kit.db import Database
from service_kit.errors import ServiceError
from service_kit.logs import get_logger

FIRST_GENERATION = 1

log = get_logger(__name__)


class InvalidCredentials(ServiceError):
    status, code = 401, "invalid_credentials"
    detail = "The username or the password is not right."


class SessionEnded(ServiceError):
    status, code = 401, "session_ended"
    detail = "Your session has ended. Sign in again."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The two tokens of a session."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    keep_seconds: int


class SessionService:
    """The use cases of sessions."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        attempts: Attempts,
        *,
        access_tokens: AccessTokens,
        refresh_tokens: RefreshTokens,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._attempts = attempts
        self._access_tokens = access_tokens
        self._refresh_tokens = refresh_tokens

    async def sign_in(self, username: str, password: str, *, address: str, user_agent: str, now: datetime) -> SignedIn:
        """Open a session. An unknown name, a disabled account and a wrong password get one answer at one cost."""
        username = normal_username(username)
        await self._attempts.ensure_sign_in_allowed(username, address=address)
        async with self._database.read() as session:
            account = await UserRepository(session).named(username)
        is_right, renewed = await self._passwords.verify(password, account.password_hash if account else None)
        if account is None or not is_right or not account.is_active:
            log.info("sign_in_refused", address=address)
            await self._attempts.count_failed_sign_in(username, address=address)
            raise InvalidCredentials
        # Guesses sent at once are verified at once: too many wrong ones make a right one among them worthless.
        await self._attempts.ensure_sign_in_allowed(username, address=address)
        return await self._open(account, renewed_hash=renewed, user_agent=user_agent, now=now)

    async def refresh(self, token_text: str, *, now: datetime) -> SignedIn:
        """Exchange a refresh token for its successor and a fresh access token."""
        token = self._refresh_tokens.read(token_text)
        if token is None:
            raise SessionEnded
        signed_in = await self._exchange(token, token_text, now=now)
        if signed_in is None:
            raise SessionEnded
        return signed_in

    async def sign_out(self, token_text: str, *, now: datetime) -> None:
        """End the session of a refresh token; one that is not ours ends nothing."""
        token = self._refresh_tokens.read(token_text)
        if token is None:
            return
        async with self._database.write() as session:
            if await SessionRepository(session).revoke(token.session_id, reason="signed_out", now=now):
                log.info("signed_out", session_id=str(token.session_id))

    async def _open(
        self, account: UserAccount, *, renewed_hash: str | None, user_agent: str, now: datetime
    ) -> SignedIn:
        session_id = new_id()
        refresh_token = self._refresh_tokens.mint(session_id, FIRST_GENERATION)
        login = LoginSession(
            id=session_id,
            user_id=account.id,
            tenant_id=account.tenant_id,
            generation=FIRST_GENERATION,
            refresh_hash=fingerprint(refresh_token),
            rotated_at=now,
            created_at=now,
            last_used_at=now,
            expires_at=now + LIFE_MAX,
            user_agent=user_agent[:USER_AGENT_MAX_CHARS],
        )
        async with self._database.write() as session:
            users, logins = UserRepository(session), SessionRepository(session)
            # A password change that committed since the verification has ended all sessions; none may follow it.
            if await users.locked_with(account.id, password_hash=account.password_hash) is None:
                raise InvalidCredentials
            if renewed_hash is not None:
                await users.replace_hash(account.id, password_hash=renewed_hash)
            await logins.forget_over(account.id, before=now - LIFE_MAX)
            await logins.add(login)
        log.info("signed_in", user_id=str(account.id), session_id=str(session_id))
        return self._signed_in(account, session_id, refresh_token, expires_at=login.expires_at, now=now)

    async def _exchange(self, token: RefreshToken, token_text: str, *, now: datetime) -> SignedIn | None:
        # Two rounds: whoever loses the race to rotate looks again, and finds the winner's successor.
        for _ in range(2):
            async with self._database.read() as session:
                found = await SessionRepository(session).find(token.session_id)
            if found is None:
                return None
            verdict = judge(found.line, generation=token.generation, now=now)
            if verdict is Verdict.ENDED:
                return None
            if verdict is Verdict.REUSED:
                await self._end_reused(found, token, now=now)
                return None
            if verdict is Verdict.REPEAT:
                return self._continued(
                    found, self._refresh_tokens.mint(token.session_id, found.line.generation), now=now
                )
            if fingerprint(token_text) != found.refresh_hash:
                return None
            successor = self._refresh_tokens.mint(token.session_id, token.generation + 1)
            async with self._database.write() as session:
                is_rotated = await SessionRepository(session).rotate(
                    token.session_id, generation=token.generation, successor_hash=fingerprint(successor), now=now
                )
            if is_rotated:
                return self._continued(found, successor, now=now)
        return None

    async def _end_reused(self, found: SessionOfAccount, token: RefreshToken, *, now: datetime) -> None:
        async with self._database.write() as session:
            await SessionRepository(session).revoke(token.session_id, reason="refresh_token_reused", now=now)
        log.warning(
            "refresh_token_reused",
            user_id=str(found.account.id),
            session_id=str(token.session_id),
            presented=token.generation,
            current=found.line.generation,
        )

    def _continued(self, found: SessionOfAccount, refresh_token: str, *, now: datetime) -> SignedIn:
        return self._signed_in(
            found.account, found.session_id, refresh_token, expires_at=found.line.expires_at, now=now
        )

    def _signed_in(
        self, account: UserAccount, session_id: UUID, refresh_token: str, *, expires_at: datetime, now: datetime
    ) -> SignedIn:
        access_token = self._access_tokens.issue(account, session_id=session_id, now=now)
        return SignedIn(access_token, refresh_token, int(lives_for(expires_at, now=now).total_seconds()))
