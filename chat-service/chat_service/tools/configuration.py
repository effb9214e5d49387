"""The file that names the MCP servers whose tools are offered: written by the operator, and by nobody else."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from chat_service.tools.port import TIMEOUT_SECONDS
from service_kit.settings import ConfigurationError

BUILT_IN: Final = "built-in"
# Without an underscore, so that what stands before the first one in an offered name is always the server.
SERVER_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")

VariableName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class ServerSection(BaseModel):
    """One `[mcp.NAME]` of the file: a program to start, or an address to speak to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: str | None = Field(None, min_length=1)
    args: tuple[str, ...] = ()
    env_from: tuple[VariableName, ...] = ()
    url: str | None = None
    headers_from: dict[str, VariableName] = Field(default_factory=dict)
    tools: tuple[str, ...] | None = None
    timeout_seconds: float = Field(TIMEOUT_SECONDS, gt=0, le=600)

    @field_validator("url")
    @classmethod
    def _is_plain_address(cls, url: str | None) -> str | None:
        if url is not None:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError("must begin with http:// or https:// and name a host")
            if parts.username or parts.password:
                raise ValueError("must hold no credentials; headers_from takes them from the environment")
        return url

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        if (self.command is None) == (self.url is None):
            raise ValueError("needs either a command or a url")
        if self.url is not None and (self.args or self.env_from):
            raise ValueError("has a url, to which args and env_from mean nothing")
        if self.command is not None and self.headers_from:
            raise ValueError("has a command, to which headers_from means nothing")
        return self


class _ToolsFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    mcp: dict[str, ServerSection] = Field(default_factory=dict)


class ProgramAddress(BaseModel):
    """How to start a server that speaks over its standard input and output."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["program"] = "program"
    command: str
    args: tuple[str, ...] = ()
    variables: dict[str, SecretStr] = Field(default_factory=dict)


class HttpAddress(BaseModel):
    """Where to reach a server that speaks streamable HTTP."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["http"] = "http"
    url: str
    headers: dict[str, SecretStr] = Field(default_factory=dict)


class ServerConfiguration(BaseModel):
    """A server with everything that is needed to reach it; secrets are filled in and never printed."""

    model_config = ConfigDict(frozen=True)

    name: str
    address: ProgramAddress | HttpAddress
    tools: frozenset[str] | None = None
    timeout_seconds: float = TIMEOUT_SECONDS


def configured_servers(file: Path | None) -> list[ServerConfiguration]:
    """Read the file and fill in what it takes from the environment; raises ConfigurationError."""
    if file is None:
        return []
    try:
        sections = _ToolsFile.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))).mcp
    except OSError as error:
        raise ConfigurationError(f"TOOLS_FILE {file} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"TOOLS_FILE {file} is not TOML: {error}") from None
    except ValidationError as error:
        raise ConfigurationError("; ".join(_sentences(file, error))) from None
    environment = _environment()
    return [_filled_in(file, name, section, environment) for name, section in sections.items()]


def _sentences(file: Path, error: ValidationError) -> list[str]:
    # The refused values are left out: somebody may have written a secret where only its name belongs.
    return [
        f"TOOLS_FILE {file}: {'.'.join(str(part) for part in problem['loc'])} "
        + str(problem["msg"]).removeprefix("Value error, ")
        for problem in error.errors(include_input=False, include_url=False)
    ]


def _environment() -> Mapping[str, str | None]:
    """What settings are read from: the environment, and the file of settings for what is not there."""
    return {**dotenv_values(os.environ.get("PARLEY_ENV_FILE", ".env")), **os.environ}


def _filled_in(
    file: Path, name: str, section: ServerSection, environment: Mapping[str, str | None]
) -> ServerConfiguration:
    if not SERVER_NAME.fullmatch(name) or name == BUILT_IN:
        raise ConfigurationError(
            f"TOOLS_FILE {file}: mcp.{name} is no name for a server; "
            f"use up to 31 small letters, digits and hyphens, and not {BUILT_IN}"
        )

    def value(variable: str) -> SecretStr:
        found = environment.get(variable)
        if not found:
            raise ConfigurationError(
                f"TOOLS_FILE {file}: mcp.{name} takes {variable} from the environment, but it is not set there"
            )
        return SecretStr(found)

    address: ProgramAddress | HttpAddress
    if section.url is not None:
        headers = {header: value(variable) for header, variable in section.headers_from.items()}
        address = HttpAddress(url=section.url, headers=headers)
    else:
        variables = {variable: value(variable) for variable in section.env_from}
        address = ProgramAddress(command=section.command or "", args=section.args, variables=variables)
    return ServerConfiguration(
        name=name,
        address=address,
        tools=None if section.tools is None else frozenset(section.tools),
        timeout_seconds=section.timeout_seconds,
    )
