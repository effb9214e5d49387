"""What is offered: the models of the catalogue file, or of the providers whose keys are in the environment."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic_settings.sources import read_env_file

from chat_service.providers import demo
from chat_service.providers.catalog import Catalog, Model
from chat_service.providers.catalog_file import CatalogFile, ModelEntry, ProviderEntry, read_catalog_file
from chat_service.providers.demo import DemoModel
from chat_service.providers.kinds import KINDS, NEEDS_ADDRESS, base_of_kind, kind_at
from chat_service.providers.openai_protocol import OpenAIProtocol
from chat_service.providers.port import Provider
from chat_service.providers.pricing import DatedPrice
from chat_service.settings import ChatSettings
from service_kit.logs import get_logger
from service_kit.settings import ConfigurationError

SHIPPED = Path(__file__).with_name("models.toml")
DEMO_CONTEXT_WINDOW = 32_000

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Source:
    """A provider that can be asked, and the models it is to be asked for."""

    entry: ProviderEntry
    key: str | None
    base_url: str | None
    models: tuple[ModelEntry, ...]
    key_setting: str
    address_setting: str


def catalog_for(settings: ChatSettings, environment: Mapping[str, str] | None = None) -> Catalog:
    """Return the models that the settings offer, or the demo model where they offer none; or ConfigurationError."""
    if settings.models_file is None:
        known: set[str] = set()
        sources = list(_from_settings(settings))
    else:
        read = read_catalog_file(settings.models_file)
        known = {entry.name for entry in read.models}
        variables = Variables(settings, _environment() if environment is None else environment)
        sources = list(_from_file(read, variables, path=settings.models_file))
    models = _models_of(sources, turn_seconds=settings.turn_seconds)
    offered = _chosen(models, settings, known=known | {model.name for model in models})
    if models and not offered:
        raise ConfigurationError("DISABLED_MODELS leaves no model to offer")
    if not offered:
        speaker = DemoModel(deltas_per_second=settings.demo_deltas_per_second)
        return Catalog([Model(demo.MODEL, speaker, DEMO_CONTEXT_WINDOW, label="Demo model", parameters=frozenset())])
    return Catalog(offered)


class Variables:
    """The environment as a catalogue file may name it: first what the settings have read, then everything else."""

    def __init__(self, settings: ChatSettings, environment: Mapping[str, str]) -> None:
        self._settings = settings
        self._environment = environment

    def value(self, name: str) -> str | None:
        """Return the value of a variable; an empty one counts as not there."""
        field = name.lower()
        value: Any = getattr(self._settings, field) if field in type(self._settings).model_fields else None
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        return (value if isinstance(value, str) else None) or self._environment.get(name) or None


def _environment() -> dict[str, str]:
    """Return what the process was given, over the lines of its env file, as the settings are read."""
    file = Path(os.environ.get("PARLEY_ENV_FILE", ".env"))
    lines = read_env_file(file, case_sensitive=True) if file.is_file() else {}
    return {**{name: value for name, value in lines.items() if value is not None}, **os.environ}


def _from_file(read: CatalogFile, variables: Variables, *, path: Path) -> Iterator[Source]:
    """Return the providers of a file that can be asked; one without the key it needs is left out."""
    for entry in read.providers:
        key = variables.value(entry.key_variable)
        if entry.needs_key and key is None:
            log.info("provider_left_out", provider=entry.name, missing=entry.key_variable)
            continue
        setting = f"{entry.variable_prefix}_BASE_URL"
        base = variables.value(setting) or entry.base_url
        if base is None and entry.kind == "azure":
            setting, base = "AZURE_OPENAI_ENDPOINT", variables.value("AZURE_OPENAI_ENDPOINT")
        if base is None and entry.kind in NEEDS_ADDRESS:
            raise ConfigurationError(f"{path}: the provider {entry.name} needs a base_url, or {setting} to be set")
        models = tuple(model for model in read.models if model.provider == entry.name)
        yield Source(entry, key, base, models, entry.key_variable, setting)


def _from_settings(settings: ChatSettings) -> Iterator[Source]:
    """Return the well-known providers that the environment has a key or an address for, in a fixed order."""
    shipped = read_catalog_file(SHIPPED)
    if settings.has_provider:
        kind = kind_at(settings.openai_base_url)
        name = "openai" if settings.openai_base_url is None else "openai-compatible"
        known = [entry for entry in shipped.models if kind != "openai-compatible"]
        models = _listed(settings.openai_model, known, settings, provider=name, keeps_windows=False)
        entry = ProviderEntry(name=name, kind=kind)
        key = _revealed(settings.openai_api_key)
        yield Source(entry, key, settings.openai_base_url, models, "OPENAI_API_KEY", "OPENAI_BASE_URL")
    for name, secret, address, listed in (
        ("anthropic", settings.anthropic_api_key, None, settings.anthropic_models),
        ("gemini", settings.gemini_api_key, None, settings.gemini_models),
        ("azure-openai", settings.azure_openai_api_key, settings.azure_openai_endpoint, settings.azure_openai_models),
        ("perplexity", settings.perplexity_api_key, None, settings.perplexity_models),
        ("ollama", None, settings.ollama_base_url, settings.ollama_models),
    ):
        entry = shipped.provider(name)
        if (entry.needs_key and secret is None) or (entry.kind in ("azure", "ollama") and address is None):
            continue
        setting = "AZURE_OPENAI_ENDPOINT" if entry.kind == "azure" else f"{entry.variable_prefix}_BASE_URL"
        models = _listed(listed, list(shipped.models), settings, provider=name)
        yield Source(entry, _revealed(secret), address, models, entry.key_variable, setting)


def _listed(
    listed: str, known: list[ModelEntry], settings: ChatSettings, *, provider: str, keeps_windows: bool = True
) -> tuple[ModelEntry, ...]:
    """Return the entries of the listed models, with what is known of each; without a list, the shipped ones."""
    names = dict.fromkeys(_names(listed)) or [entry.name for entry in known if entry.provider == provider]
    entries: list[ModelEntry] = []
    for name in names:
        # A deployment is often named after its model, so others' entries help as well.
        alike = [entry for entry in known if entry.name == name]
        entry = next((entry for entry in alike if entry.provider == provider), alike[0] if alike else None)
        window = {} if keeps_windows and entry else {"context_window": settings.context_window}
        facts = entry.model_dump() if entry else {"name": name, "parameters": None}
        entries.append(ModelEntry.model_validate({**facts, "provider": provider, **window}))
    return tuple(entries)


def _models_of(sources: list[Source], *, turn_seconds: float) -> list[Model]:
    models: dict[str, Model] = {}
    for source in sources:
        provider = _provider_of(source, turn_seconds=turn_seconds)
        for entry in source.models:
            # The same name at two providers is two models; whoever came first keeps the short name.
            name = entry.name if entry.name not in models else f"{source.entry.name}/{entry.name}"
            models[name] = _model(name, entry, source, provider)
    return list(models.values())


def _model(name: str, entry: ModelEntry, source: Source, provider: Provider) -> Model:
    return Model(
        name,
        provider,
        entry.context_window,
        label=entry.label or name,
        served_as=entry.served_as or entry.name,
        max_output_tokens=entry.max_output_tokens,
        capabilities=entry.capabilities,
        parameters=entry.taken_parameters,
        fallbacks=entry.fallbacks,
        kind=source.entry.kind,
        prices=tuple(
            DatedPrice(
                price.valid_from,
                price.input,
                price.input if price.cached_input is None else price.cached_input,
                price.output,
            )
            for price in entry.prices
        ),
    )


def _provider_of(source: Source, *, turn_seconds: float) -> Provider:
    entry, facts = source.entry, KINDS[source.entry.kind]
    base = base_of_kind(entry.kind, source.base_url) if source.base_url else facts.base_url
    told = {"connect_seconds": entry.connect_seconds, "between_deltas_seconds": entry.between_deltas_seconds}
    limits: dict[str, Any] = {name: seconds for name, seconds in told.items() if seconds is not None}
    limits["first_delta_seconds"] = entry.first_delta_seconds or facts.first_delta_seconds
    shared: dict[str, Any] = {
        **limits,
        "name": entry.name,
        "api_key": source.key,
        "base_url": base,
        "turn_seconds": turn_seconds,
        "key_setting": source.key_setting,
        "address_setting": source.address_setting,
    }
    if entry.kind == "anthropic":
        from chat_service.providers.anthropic_protocol import AnthropicProtocol

        return AnthropicProtocol(**shared)
    return OpenAIProtocol(**shared, kind=entry.kind)


def _chosen(models: list[Model], settings: ChatSettings, *, known: set[str]) -> list[Model]:
    """Return the models without the disabled ones, the default first, with the fallbacks that are left."""
    disabled = set(_names(settings.disabled_models))
    unknown = sorted(disabled - known)
    if unknown:
        raise ConfigurationError(f"DISABLED_MODELS names {unknown[0]}, which is in no catalogue")
    left = {model.name: model for model in models if model.name not in disabled}
    if settings.default_model and settings.default_model not in left:
        raise ConfigurationError(f"DEFAULT_MODEL names {settings.default_model}, which is not offered")
    ordered = sorted(left.values(), key=lambda model: model.name != settings.default_model)
    return [replace(model, fallbacks=tuple(name for name in model.fallbacks if name in left)) for model in ordered]


def _names(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",") if name.strip()]


def _revealed(key: SecretStr | None) -> str | None:
    return key.get_secret_value() if key else None
