"""The first start, and what every later one reads of it."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from tests.auth_service.visitor import (
    ADMIN_PASSWORD,
    ON_SQLITE,
    Visitor,
    cheap_passwords,
    claims_of,
    code_of,
    opened,
)

from auth_service.__main__ import SERVICE
from auth_service.first_start import open_key_ring
from auth_service.models import AuthTable, SigningKey, Tenant, UserAccount
from auth_service.settings import AuthSettings
from service_kit.command import run
from service_kit.db import Database
from service_kit.migrations import upgrade
from service_kit.settings import ConfigurationError
from service_kit.testing import created_tables

REPOSITORY = Path(__file__).resolve().parents[2]


async def count(database: Database, table: type[AuthTable]) -> int:
    async with database.read() as session:
        return (await session.execute(select(func.count()).select_from(table))).scalar_one()


async def test_it_makes_a_tenant_a_key_and_an_administrator(visitor: Visitor, database: Database) -> None:
    signed_in = await visitor.sign_in("admin", ADMIN_PASSWORD)

    async with database.read() as session:
        tenant = (await session.execute(select(Tenant))).scalar_one()
        key = (await session.execute(select(SigningKey))).scalar_one()
    assert (tenant.name, key.state) == ("default", "active")
    assert claims_of(signed_in).tid == tenant.id


async def test_the_administrator_of_the_settings_is_read_once(settings: AuthSettings) -> None:
    """T63."""
    async with opened(settings):
        pass

    changed = {"admin_username": "root", "admin_password": SecretStr("some other phrase")}
    for later in (settings.model_copy(update=changed), settings.model_copy(update={"admin_password": None})):
        async with opened(later) as app:
            visitor = Visitor(app)
            async with visitor.http:
                assert code_of(await visitor.sign_in("root", "some other phrase")) == (401, "invalid_credentials")
                assert (await visitor.sign_in("admin", ADMIN_PASSWORD)).status_code == 200
            assert await count(app.state.database, UserAccount) == 1


async def test_services_that_start_at_once_end_with_one_key_and_one_administrator(settings: AuthSettings) -> None:
    """T63."""
    async with created_tables(settings.database_url, AuthTable.metadata) as database:
        others = [Database(settings.database_url) for _ in range(5)]
        passwords = cheap_passwords()

        rings = await asyncio.gather(*(open_key_ring(other, settings, passwords) for other in others))

        assert len({ring.kid for ring in rings}) == 1
        assert [await count(database, table) for table in (Tenant, SigningKey, UserAccount)] == [1, 1, 1]
        for other in others:
            await other.close()


@ON_SQLITE
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"admin_password": None}, "ADMIN_PASSWORD is not set"),
        ({"admin_password": SecretStr("admin123")}, "ADMIN_PASSWORD is a sample value"),
        ({"admin_password": SecretStr("Changeme")}, "ADMIN_PASSWORD is a sample value"),
        ({"admin_password": SecretStr("password1")}, "ADMIN_PASSWORD is too weak"),
        ({"admin_password": SecretStr("short")}, "ADMIN_PASSWORD is too weak. Use a password of at least 8 characters"),
        ({"admin_password": SecretStr("adam-admin"), "admin_username": "adam-admin"}, "ADMIN_PASSWORD is too weak"),
        ({"admin_password": SecretStr("x1" * 65)}, "ADMIN_PASSWORD is longer than 128 characters"),
        ({"admin_password": SecretStr("nul\x00nul nul")}, "ADMIN_PASSWORD must not contain the NUL character"),
        ({"admin_username": "a b"}, "ADMIN_USERNAME must be 3 to 64 characters"),
    ],
)
async def test_without_a_good_password_nothing_is_made(
    settings: AuthSettings, changes: dict[str, object], sentence: str
) -> None:
    async with created_tables(settings.database_url, AuthTable.metadata) as database:
        with pytest.raises(ConfigurationError) as refusal:
            await open_key_ring(database, settings.model_copy(update=changes), cheap_passwords())

        assert str(refusal.value).startswith(sentence)
        assert "\n" not in str(refusal.value)
        assert [await count(database, table) for table in (Tenant, SigningKey, UserAccount)] == [0, 0, 0]


async def test_private_keys_are_stored_encrypted(database: Database) -> None:
    async with database.read() as session:
        key = (await session.execute(select(SigningKey))).scalar_one()

    assert b"PRIVATE KEY" not in key.sealed_private_key
    assert len(key.sealed_private_key) > 200
    assert "sealed_private_key" not in repr(key)


async def test_another_secret_is_one_sentence_and_no_new_key(settings: AuthSettings) -> None:
    async with opened(settings) as app:
        other = settings.model_copy(update={"auth_secret_key": SecretStr("another-secret-another-secret-another")})

        with pytest.raises(ConfigurationError, match=r"^AUTH_SECRET_KEY is not the one this database was made with"):
            await open_key_ring(app.state.database, other, cheap_passwords())
        assert await count(app.state.database, SigningKey) == 1


@ON_SQLITE
async def test_a_sealed_key_fits_only_its_own_row(settings: AuthSettings) -> None:
    async with opened(settings) as app:
        async with app.state.database.write() as session:
            await session.execute(update(SigningKey).values(kid="another-row"))

        with pytest.raises(ConfigurationError):
            await open_key_ring(app.state.database, settings, cheap_passwords())


@ON_SQLITE
async def test_without_any_active_key_it_says_so(settings: AuthSettings) -> None:
    async with opened(settings) as app:
        async with app.state.database.write() as session:
            await session.execute(update(SigningKey).values(state="retired"))

        with pytest.raises(ConfigurationError, match="no active signing key"):
            await open_key_ring(app.state.database, settings, cheap_passwords())


async def test_a_restart_goes_on_with_the_same_key_and_sessions(settings: AuthSettings) -> None:
    async with opened(settings) as app:
        visitor = Visitor(app)
        bearer = await visitor.bearer("admin", ADMIN_PASSWORD)
        cookie = visitor.http.cookies["parley_refresh"]

    async with opened(settings) as app:
        visitor = Visitor(app)
        async with visitor.http:
            assert (await visitor.http.get("/users/me", headers=bearer)).status_code == 200
            assert (await visitor.refresh(cookie)).status_code == 200


async def test_two_active_keys_are_impossible(database: Database) -> None:
    async with database.write() as session:
        first = (await session.execute(select(SigningKey))).scalar_one()
        session.add(SigningKey(**{**first.model_dump(), "kid": "second"}))
        with pytest.raises(IntegrityError):
            await session.flush()
        await session.rollback()


ENVIRONMENT = {
    "AUTH_SECRET_KEY": "auth-secret-of-the-tests-0123456789abcdef",
    "INTERNAL_API_TOKEN": "internal-token-of-the-tests-0123456789abcdef",
    "ADMIN_PASSWORD": "admin123",
}


def test_a_first_start_that_is_refused_says_why_in_one_sentence(tmp_path: Path) -> None:
    upgrade(f"sqlite+aiosqlite:///{tmp_path / 'auth.db'}", SERVICE.migrations, AuthTable.metadata)
    paths = os.pathsep.join(str(REPOSITORY / folder) for folder in ("service-kit", "auth-service"))

    refused = subprocess.run(
        [sys.executable, "-m", "auth_service", "serve"],
        env={**os.environ, **ENVIRONMENT, "PYTHONPATH": paths, "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        "auth-service cannot start: ADMIN_PASSWORD is a sample value; choose a password of your own for the first start"
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"AUTH_SECRET_KEY": "your-super-secret-key-here"}, "AUTH_SECRET_KEY is a sample value"),
        ({"AUTH_SECRET_KEY": "short"}, "AUTH_SECRET_KEY is shorter than 32 characters"),
        ({"AUTH_SECRET_KEY": ""}, "AUTH_SECRET_KEY is not set"),
        ({"TRUSTED_PROXIES": "somewhere"}, "TRUSTED_PROXIES takes networks"),
        ({"REGISTRATION_LIMIT": "many"}, "REGISTRATION_LIMIT takes a count and a period"),
        ({"PUBLIC_ORIGIN": "http://chat.example"}, "http://chat.example is plain http on a network"),
    ],
)
def test_settings_that_are_not_safe_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], changes: dict[str, str], sentence: str
) -> None:
    for name, value in {**ENVIRONMENT, **changes}.items():
        monkeypatch.setenv(name, value)

    assert run(SERVICE, ["serve"]) == 1

    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"auth-service cannot start: {sentence}")


def test_an_unknown_command_is_answered_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(SERVICE, ["dance"]) == 2
    assert capsys.readouterr().err == "usage: python -m auth_service serve|migrate\n"
