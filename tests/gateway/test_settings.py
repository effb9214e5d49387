"""What the gateway reads, where from, and what it refuses to start with."""

from __future__ import annotations

from pathlib import Path

import pytest

from parley_gateway.settings import SettingsRefused, read_settings


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    return tmp_path / "parley.env"


def test_without_any_setting_it_serves_localhost(env_file: Path) -> None:
    settings = read_settings({"PARLEY_ENV_FILE": str(env_file)})
    assert (settings.bind_host, settings.port, settings.public_origin) == ("127.0.0.1", 3000, "http://localhost:3000")
    assert settings.services["analytics"] == "http://127.0.0.1:8002"


def test_the_environment_wins_over_the_file_and_nothing_is_not_a_value(env_file: Path) -> None:
    env_file.write_text(
        '# a comment\nexport FRONTEND_PORT="4000"  \nCHAT_PORT=9000 # ours\nAUTH_PORT=9001\nBIND_HOST=\n'
    )
    settings = read_settings({"PARLEY_ENV_FILE": str(env_file), "CHAT_PORT": "9100", "AUTH_PORT": ""})
    assert (settings.port, settings.bind_host, settings.public_origin) == (4000, "127.0.0.1", "http://localhost:4000")
    assert settings.services["chat"] == "http://127.0.0.1:9100"
    assert settings.services["auth"] == "http://127.0.0.1:9001"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FRONTEND_PORT", "http"),
        ("FRONTEND_PORT", "70000"),
        ("PUBLIC_ORIGIN", "localhost:3000"),
        ("CHAT_URL", "redis://x"),
        ("AUTH_URL", "http://x/path"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(env_file: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsRefused, match=f"{name} must"):
        read_settings({"PARLEY_ENV_FILE": str(env_file), name: value})
