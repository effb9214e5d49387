"""The catalogue file: TOML read into records, or refused with one sentence that names the place."""

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from chat_service.providers.addresses import is_base_address
from chat_service.providers.catalog import PARAMETER_NAMES, Capability, ParameterName
from chat_service.providers.kinds import KINDS, Kind
from service_kit.settings import ConfigurationError

MAX_FILE_BYTES = 1_048_576
MAX_MICRO_USD = 10_000_000_000
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
SECRET_FIELDS = ("api_key", "key", "token", "secret", "password")


def _refuse_what_is_no_variable(value: str) -> str:
    if not VARIABLE.fullmatch(value):
        raise ValueError("takes the name of an environment variable, like OPENAI_API_KEY, and never a key itself")
    return value


def _refuse_what_is_no_base(value: str) -> str:
    if not is_base_address(value):
        raise ValueError("takes an address like http://127.0.0.1:11434/v1, without a query")
    if "@" in value:
        raise ValueError("must not carry a name or a password; keys come from the environment")
    return value


Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\s\x00-\x1f\x7f]+$")]
Seconds = Annotated[float, Field(gt=0, le=3_600)]
MicroUsd = Annotated[int, Field(ge=0, le=MAX_MICRO_USD)]


class Entry(BaseModel):
    """A table of the file; a word that it does not know is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_keys(cls, value: Any) -> Any:
        if isinstance(value, dict) and any(name in value for name in SECRET_FIELDS):
            raise ValueError("holds a key; put the key into the environment and name the variable in api_key_env")
        return value


class PriceEntry(Entry):
    """A dated price, in millionths of a dollar for a million tokens; cached input costs what input does, or less."""

    valid_from: date
    input: MicroUsd
    cached_input: MicroUsd | None = None
    output: MicroUsd


class ProviderEntry(Entry):
    """Somebody who serves models; what is left out follows the kind."""

    name: Annotated[str, Field(max_length=40, pattern=r"^[a-z][a-z0-9-]*$")]
    kind: Kind
    base_url: Annotated[str, AfterValidator(_refuse_what_is_no_base)] | None = None
    api_key_env: Annotated[str, AfterValidator(_refuse_what_is_no_variable)] | None = None
    connect_seconds: Seconds | None = None
    first_delta_seconds: Seconds | None = None
    between_deltas_seconds: Seconds | None = None

    @property
    def variable_prefix(self) -> str:
        """What this provider's own environment variables begin with."""
        return self.name.upper().replace("-", "_")

    @property
    def key_variable(self) -> str:
        """The environment variable that holds the key."""
        return self.api_key_env or f"{self.variable_prefix}_API_KEY"

    @property
    def needs_key(self) -> bool:
        """Whether nothing can be asked without a key."""
        return KINDS[self.kind].needs_key or self.api_key_env is not None


class ModelEntry(Entry):
    """A model; what is left out of its parameters is not offered."""

    name: Name
    provider: str
    context_window: Annotated[int, Field(ge=512, le=100_000_000)]
    label: Annotated[str, Field(max_length=100)] = ""
    served_as: Annotated[str, Field(max_length=200)] = ""
    max_output_tokens: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    capabilities: frozenset[Capability] = frozenset()
    parameters: frozenset[ParameterName] | None = None
    prices: tuple[PriceEntry, ...] = ()
    fallbacks: tuple[str, ...] = ()

    @property
    def taken_parameters(self) -> frozenset[ParameterName]:
        """The parameters this model takes; unless told, all, and the effort of thinking if it thinks."""
        if self.parameters is not None:
            return self.parameters
        return PARAMETER_NAMES if "reasoning" in self.capabilities else PARAMETER_NAMES - {"reasoning_effort"}

    @model_validator(mode="after")
    def _refuse_two_prices_for_a_day(self) -> Self:
        days = [price.valid_from for price in self.prices]
        if len(set(days)) < len(days):
            raise ValueError("has two prices that are valid from the same day")
        if len(set(self.fallbacks)) < len(self.fallbacks):
            raise ValueError("names a fallback twice")
        return self


class CatalogFile(Entry):
    """The providers and their models, in the order in which they are shown; the first model is the default."""

    providers: tuple[ProviderEntry, ...] = ()
    models: tuple[ModelEntry, ...] = ()

    def provider(self, name: str) -> ProviderEntry:
        """Return the provider of this name."""
        return next(entry for entry in self.providers if entry.name == name)


def read_catalog_file(path: Path) -> CatalogFile:
    """Read the file, or raise ConfigurationError with a sentence that names it and the place in it."""
    try:
        with path.open("rb") as file:
            text = file.read(MAX_FILE_BYTES + 1)
        if len(text) > MAX_FILE_BYTES:
            raise ConfigurationError(f"{path}: is longer than {MAX_FILE_BYTES} bytes")
        values = tomllib.loads(text.decode())
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path}: is not UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigurationError(f"{path}: is not TOML: {_where(error)}") from None
    try:
        read = CatalogFile.model_validate(values)
    except ValidationError as error:
        raise ConfigurationError(f"{path}: {_sentence(error.errors()[0], values)}") from None
    ensure_consistent(read, path=path)
    return read


def ensure_consistent(read: CatalogFile, *, path: Path) -> None:
    """Refuse what no single entry shows: names that come twice, that nobody has, and fallbacks in a circle."""
    for what, names in (("provider", [e.name for e in read.providers]), ("model", [e.name for e in read.models])):
        twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
        if twice is not None:
            raise ConfigurationError(f"{path}: the {what} {twice} is there twice")
    providers, models = {entry.name for entry in read.providers}, {entry.name: entry for entry in read.models}
    for entry in read.models:
        if entry.provider not in providers:
            raise ConfigurationError(f"{path}: the model {entry.name} names the provider {entry.provider}, not there")
        for name in entry.fallbacks:
            if name not in models:
                raise ConfigurationError(f"{path}: the model {entry.name} names the fallback {name}, not there")
    for entry in read.models:
        if _leads_back(entry, models):
            raise ConfigurationError(f"{path}: the fallbacks of the model {entry.name} lead back to itself")


def _leads_back(entry: ModelEntry, models: dict[str, ModelEntry]) -> bool:
    seen: set[str] = set()
    following = list(entry.fallbacks)
    while following:
        name = following.pop()
        if name not in seen:
            seen.add(name)
            following.extend(models[name].fallbacks)
    return entry.name in seen


def _where(error: Exception) -> str:
    # Only the place: the words before it quote the line, in which somebody may have put a key.
    found = re.search(r"\(at ([^)]*)\)$", str(error))
    return found.group(1) if found else "the end of the file"


def _sentence(problem: Any, values: dict[str, Any]) -> str:
    """Tell a problem with its place; the refused value is left out, because it may be a key."""
    place = [part for part in problem["loc"] if not isinstance(part, str) or part.isidentifier()]
    words = [f"[{part + 1}]" if isinstance(part, int) else f" {part}" for part in place]
    name = _name_at(values, place)
    message = str(problem["msg"]).removeprefix("Value error, ")
    where = "".join(words).strip() + (f" ({name})" if name else "")
    return f"{where}: {message}" if where else message


def _name_at(values: dict[str, Any], place: list[Any]) -> str:
    entries = values.get(place[0]) if place else None
    if len(place) < 2 or not isinstance(entries, list) or not isinstance(place[1], int):
        return ""
    entry = entries[place[1]] if place[1] < len(entries) else None
    name = entry.get("name") if isinstance(entry, dict) else None
    return name if isinstance(name, str) and len(name) <= 40 else ""
