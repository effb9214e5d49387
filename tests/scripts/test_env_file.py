"""The env file: complete, secret, and never written twice."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from tests.scripts.copies import REPOSITORY

from parley import container_secrets, env_file

EXAMPLE = REPOSITORY / ".env.example"


def test_it_is_the_example_with_secrets_for_the_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    assert env_file.make(file, example=EXAMPLE)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    made, example = env_file.read(file), env_file.read(EXAMPLE)
    assert {name: made[name] for name in example} == example
    assert set(made) - set(example) == set(env_file.SECRETS)
    assert list(tmp_path.iterdir()) == [file]


def test_the_example_gives_no_secret_away() -> None:
    assert not set(env_file.SECRETS) & set(env_file.read(EXAMPLE))
    lines = EXAMPLE.read_text().splitlines()
    assert all(f"{name}=" in lines for name in env_file.SECRETS)


def test_secrets_are_long_and_never_the_same(tmp_path: Path) -> None:
    files = [tmp_path / "one.env", tmp_path / "two.env"]
    for file in files:
        env_file.make(file, example=EXAMPLE)
    one, two = (env_file.read(file) for file in files)
    assert all(one[name] != two[name] for name in env_file.SECRETS)
    assert all(len(one[name]) >= 32 for name in ("AUTH_SECRET_KEY", "INTERNAL_API_TOKEN"))
    assert len(one["ADMIN_PASSWORD"]) >= 20


def test_a_file_that_is_there_is_left_exactly_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("OPENAI_API_KEY=mine\n")
    assert not env_file.make(file, example=EXAMPLE)
    assert file.read_text() == "OPENAI_API_KEY=mine\n"


def test_whoever_comes_second_keeps_what_the_first_has_made(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    assert env_file.write_once(file, "first")
    assert not env_file.write_once(file, "second")
    assert file.read_text() == "first"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("A=1\n", {"A": "1"}),
        ("export A='x y'\nB=\"#1\"\n", {"A": "x y", "B": "#1"}),
        ("# A=1\n#B=2\nC=\n", {}),
        ("A=1 # one\nB=a#b\n", {"A": "1", "B": "a#b"}),
        ("A=a=b\r\n", {"A": "a=b"}),
    ],
)
def test_reading(tmp_path: Path, text: str, values: dict[str, str]) -> None:
    file = tmp_path / ".env"
    file.write_text(text)
    assert env_file.read(file) == values


def test_containers_get_secrets_once_and_one_password_a_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, databases = tmp_path / "parley.env", tmp_path / "databases"
    container_secrets.make(file, databases=str(databases))
    made = env_file.read(file)
    assert made["ADMIN_PASSWORD"] in capsys.readouterr().out
    password = (databases / "parley_chat").read_text()
    assert made["CHAT_DATABASE_URL"] == f"postgresql+asyncpg://parley_chat:{password}@postgres:5432/parley_chat"
    assert len({(databases / name).read_text() for name in ("postgres", *container_secrets.ROLES.values())}) == 4

    before = file.read_text()
    container_secrets.make(file, databases=str(databases))
    assert file.read_text() == before
    assert made["ADMIN_PASSWORD"] not in capsys.readouterr().out
