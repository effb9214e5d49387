"""The file of MCP servers: read early, refused early, and its secrets come from the environment only."""

from pathlib import Path
from typing import Any

import pytest

from chat_service.settings import ChatSettings
from chat_service.tools.configuration import HttpAddress, ProgramAddress, configured_servers
from chat_service.tools.toolbox import toolbox_for
from service_kit.settings import ConfigurationError
from service_kit.testing import INTERNAL_TOKEN

EXAMPLE = Path(__file__).resolve().parents[3] / "deploy" / "tools.example.toml"


def written(folder: Path, text: str) -> Path:
    file = folder / "tools.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_there_are_no_servers() -> None:
    assert configured_servers(None) == []


def test_a_program_and_an_address_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILES_KEY", "k1")
    monkeypatch.setenv("SEARCH_AUTHORIZATION", "Bearer k2")
    file = written(
        tmp_path,
        """
        [mcp.files]
        command = "files-server"
        args = ["--root", "/srv/files"]
        env_from = ["FILES_KEY"]
        tools = ["read"]
        timeout_seconds = 5

        [mcp.web-search]
        url = "https://search.example/mcp"
        headers_from = { Authorization = "SEARCH_AUTHORIZATION" }
        """,
    )
    files, search = configured_servers(file)
    assert isinstance(files.address, ProgramAddress)
    assert (files.name, files.address.command, files.address.args) == (
        "files",
        "files-server",
        ("--root", "/srv/files"),
    )
    assert (files.tools, files.timeout_seconds) == (frozenset({"read"}), 5.0)
    assert files.address.variables["FILES_KEY"].get_secret_value() == "k1"
    assert isinstance(search.address, HttpAddress)
    assert (search.address.url, search.tools, search.timeout_seconds) == ("https://search.example/mcp", None, 20)
    assert search.address.headers["Authorization"].get_secret_value() == "Bearer k2"
    assert "k1" not in repr(files)
    assert "k2" not in repr(search)


def test_the_file_of_settings_counts_as_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the other secrets of a laptop are. The environment itself wins, as with every setting."""
    (tmp_path / "some.env").write_text("ONE=from the file\nTWO=from the file\n", encoding="utf-8")
    monkeypatch.setenv("PARLEY_ENV_FILE", str(tmp_path / "some.env"))
    monkeypatch.setenv("TWO", "from the environment")
    file = written(tmp_path, '[mcp.a]\ncommand = "a"\nenv_from = ["ONE", "TWO"]')
    (server,) = configured_servers(file)
    assert isinstance(server.address, ProgramAddress)
    told = {name: value.get_secret_value() for name, value in server.address.variables.items()}
    assert told == {"ONE": "from the file", "TWO": "from the environment"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[mcp.a", "is not TOML"),
        ("[mcp.a]", "either a command or a url"),
        ('[mcp.a]\ncommand = "a"\nurl = "https://a.example"', "either a command or a url"),
        ('[mcp.a]\nurl = "file:///etc/passwd"', "http:// or https://"),
        ('[mcp.a]\nurl = "https://"', "http:// or https://"),
        ('[mcp.a]\nurl = "https://me:secret-1@a.example"', "headers_from"),
        ('[mcp.a]\nurl = "https://a.example"\nargs = ["x"]', "mean nothing"),
        ('[mcp.a]\ncommand = "a"\nheaders_from = { A = "B" }', "means nothing"),
        ('[mcp.a]\ncommand = "a"\nenv_from = ["UNSET_1"]', "takes UNSET_1 from the environment"),
        ('[mcp.a]\ncommand = "a"\nenv_from = ["KEY=secret-1"]', "env_from"),
        ('[mcp.a]\nurl = "https://a.example"\nheaders_from = { Authorization = "Bearer secret-1" }', "headers_from"),
        ('[mcp.a]\ncommand = "a"\nenv = { KEY = "secret-1" }', "env"),
        ('[mcp.a]\ncommand = "a"\ntimeout_seconds = 0', "timeout_seconds"),
        ('[mcp.A_b]\ncommand = "a"', "no name for a server"),
        ('[mcp.built-in]\ncommand = "a"', "no name for a server"),
        ('[mpc.a]\ncommand = "a"', "mpc"),
    ],
)
def test_what_cannot_be_meant_stops_the_start_with_a_sentence(tmp_path: Path, text: str, why: str) -> None:
    """And without repeating what was written, which may be a secret in the wrong place."""
    with pytest.raises(ConfigurationError, match=why) as refused:
        configured_servers(written(tmp_path, text))
    assert "secret-1" not in str(refused.value)


def test_a_file_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        configured_servers(tmp_path / "none.toml")


def test_the_example_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """People copy it, so it must load as it stands."""
    for variable in ("TICKETS_TOKEN", "SEARCH_AUTHORIZATION"):
        monkeypatch.setenv(variable, "k")
    servers = configured_servers(EXAMPLE)
    assert {server.address.kind for server in servers} == {"program", "http"}


def settings(**wish: Any) -> ChatSettings:
    return ChatSettings(internal_api_token=INTERNAL_TOKEN, _env_file=None, **wish)


@pytest.mark.parametrize(
    ("tools", "offered"),
    [
        ("calculator,current_time", ["calculator", "current_time"]),
        (" current_time , current_time,", ["current_time"]),
        ("none", []),
    ],
)
def test_the_setting_chooses_built_ins(tools: str, offered: list[str]) -> None:
    assert [tool.name for tool in toolbox_for(settings(tools=tools)).offered] == offered


def test_both_built_ins_are_offered_unless_somebody_decides() -> None:
    assert [tool.name for tool in toolbox_for(settings()).offered] == ["calculator", "current_time"]


def test_a_built_in_that_does_not_exist_stops_the_start() -> None:
    with pytest.raises(ConfigurationError, match="TOOLS names browser"):
        toolbox_for(settings(tools="calculator,browser"))
