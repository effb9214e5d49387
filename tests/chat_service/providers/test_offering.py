"""What is offered: by a catalogue file, by the keys that are in the environment, or else by the demo model."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.chat_service.providers.listening import asking, heard, text_of
from tests.chat_service.providers.test_catalog_file import EXAMPLE
from tests.doubles.openai_server import OpenAIServer

from chat_service.providers.catalog import PARAMETER_NAMES, Catalog
from chat_service.providers.offering import catalog_for
from chat_service.providers.openai_protocol import OpenAIProtocol
from chat_service.providers.port import Usage
from chat_service.settings import ChatSettings
from service_kit.settings import ConfigurationError
from service_kit.testing import INTERNAL_TOKEN

FILE = """
[[providers]]
name = "cloud"
kind = "openai"

[[providers]]
name = "home"
kind = "openai-compatible"
base_url = "{url}"

[[models]]
name = "big"
provider = "cloud"
context_window = 1000
fallbacks = ["small", "spare"]

[[models]]
name = "small"
provider = "home"
served_as = "double-1"
context_window = 2000
fallbacks = ["spare"]

[[models.prices]]
valid_from = 2026-01-01
input = 1_000_000
cached_input = 100_000
output = 3_000_000

[[models.prices]]
valid_from = 2026-07-01
input = 500_000
output = 1_500_000

[[models]]
name = "spare"
provider = "home"
context_window = 3000
"""
NOWHERE = "http://127.0.0.1:9/v1"


def offered(environment: dict[str, str] | None = None, **settings: Any) -> Catalog:
    read = ChatSettings(internal_api_token=INTERNAL_TOKEN, _env_file=None, **settings)
    return catalog_for(read, environment or {})


def names(catalog: Catalog) -> list[str]:
    return [model.name for model in catalog.models]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "models.toml"
    path.write_text(FILE.replace("{url}", NOWHERE), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def _no_keys_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ChatSettings.model_fields:
        if name.endswith(("_api_key", "_base_url", "_models", "_endpoint")):
            monkeypatch.delenv(name.upper(), raising=False)


def test_with_nothing_configured_the_demo_model_answers() -> None:
    catalog = offered()
    assert [(model.is_demo, model.label) for model in catalog.models] == [(True, "Demo model")]


def test_the_settings_of_one_provider_mean_what_they_always_meant() -> None:
    catalog = offered(openai_base_url=NOWHERE, openai_model="a, b,,a", context_window=5_000)
    assert names(catalog) == ["a", "b"]
    assert {model.provider.name for model in catalog.models} == {"openai-compatible"}
    assert {(model.context_window, model.parameters) for model in catalog.models} == {
        (5_000, PARAMETER_NAMES - {"reasoning_effort"})
    }
    assert names(offered(openai_api_key="sk-x")) == ["gpt-5-mini"]


def test_a_known_model_of_openai_is_known_to_think() -> None:
    model = offered(openai_api_key="sk-x", openai_model="gpt-5-mini,new-one", context_window=9_000).default
    assert (model.provider.name, model.kind, model.context_window) == ("openai", "openai", 9_000)
    assert (model.label, "temperature" in model.parameters, "images" in model.capabilities) == (
        "GPT-5 mini",
        False,
        True,
    )


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("https://r.openai.azure.com/openai/v1", "azure"),
        ("https://openrouter.ai/api/v1", "openai-compatible"),
    ],
)
def test_the_dialect_follows_the_address(address: str, kind: str) -> None:
    assert offered(openai_api_key="sk-x", openai_base_url=address).default.kind == kind


@pytest.mark.parametrize(
    ("settings", "provider", "expected"),
    [
        ({"anthropic_api_key": "k"}, "anthropic", "claude-sonnet-5-5"),
        ({"gemini_api_key": "k"}, "gemini", "gemini-3.8-flash"),
        ({"perplexity_api_key": "k"}, "perplexity", "sonar"),
        ({"ollama_base_url": "http://127.0.0.1:11434"}, "ollama", "llama3.2"),
        (
            {"azure_openai_api_key": "k", "azure_openai_endpoint": "https://r.openai.azure.com"},
            "azure-openai",
            "gpt-5-mini-azure",
        ),
    ],
)
def test_a_key_in_the_environment_adds_its_provider(settings: dict[str, Any], provider: str, expected: str) -> None:
    catalog = offered(**settings)
    assert (catalog.default.name, catalog.default.provider.name) == (expected, provider)
    assert {model.provider.name for model in catalog.models} == {provider}


def test_every_key_adds_to_the_others_and_openai_comes_first() -> None:
    catalog = offered(openai_api_key="k", anthropic_api_key="k", gemini_api_key="k", perplexity_api_key="k")
    assert list(dict.fromkeys(model.provider.name for model in catalog.models)) == [
        "openai",
        "anthropic",
        "gemini",
        "perplexity",
    ]


@pytest.mark.parametrize("settings", [{"azure_openai_api_key": "k"}, {"azure_openai_endpoint": "https://a.example"}])
def test_azure_needs_a_key_and_an_address(settings: dict[str, Any]) -> None:
    assert offered(**settings).default.is_demo


def test_a_list_of_models_replaces_the_shipped_one() -> None:
    catalog = offered(ollama_base_url=NOWHERE, ollama_models="qwen3, llama3.2", context_window=4_096)
    assert [(model.name, model.context_window) for model in catalog.models] == [("qwen3", 4_096), ("llama3.2", 8_192)]


def test_the_same_name_at_two_providers_is_two_models() -> None:
    catalog = offered(openai_base_url=NOWHERE, openai_model="m", ollama_base_url=NOWHERE, ollama_models="m")
    assert names(catalog) == ["m", "ollama/m"]
    assert [model.provider_model for model in catalog.models] == ["m", "m"]
    assert len({model.key for model in catalog.models}) == 2


def test_a_file_offers_the_models_whose_providers_have_their_keys(file: Path) -> None:
    assert names(offered(models_file=file)) == ["small", "spare"]
    catalog = offered({"CLOUD_API_KEY": "k"}, models_file=file)
    assert names(catalog) == ["big", "small", "spare"]
    assert catalog.default.fallbacks == ("small", "spare")


def test_with_a_file_only_the_file_counts(file: Path) -> None:
    assert names(offered(models_file=file, openai_api_key="k", anthropic_api_key="k")) == ["small", "spare"]


def test_the_example_starts_as_it_is() -> None:
    assert names(offered(models_file=EXAMPLE)) == ["llama3.2"]
    keys = {"OPENAI_API_KEY": "k", "AZURE_OPENAI_API_KEY": "k", "OUR_VLLM_KEY": "k", "OPENROUTER_API_KEY": "k"}
    assert len(offered(keys, models_file=EXAMPLE).models) == 5


def test_without_any_key_a_file_leaves_the_demo_model(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_text(FILE.replace("{url}", NOWHERE).replace('kind = "openai-compatible"', 'kind = "gemini"'))
    assert offered(models_file=path).default.is_demo


async def test_the_environment_may_name_another_address(file: Path, server: OpenAIServer) -> None:
    catalog = offered({"HOME_BASE_URL": server.url, "HOME_API_KEY": "sk-home"}, models_file=file)
    model = catalog.find("small")
    assert isinstance(model.provider, OpenAIProtocol)
    assert text_of(await heard(model.provider, asking(model=model.provider_model))) == "You said: Hello?"
    assert (server.calls[0].model, server.calls[0].key) == ("double-1", "sk-home")
    await catalog.close()


def test_a_provider_without_an_address_is_refused(file: Path) -> None:
    file.write_text(file.read_text().replace(f'base_url = "{NOWHERE}"\n', ""))
    with pytest.raises(ConfigurationError, match="home needs a base_url, or HOME_BASE_URL"):
        offered(models_file=file)
    assert names(offered({"HOME_BASE_URL": NOWHERE}, models_file=file)) == ["small", "spare"]


@pytest.mark.parametrize(
    ("environment", "setting"),
    [({"HOME_BASE_URL": "nonsense"}, "HOME_BASE_URL"), ({"CLOUD_API_KEY": "sk-ключ"}, "CLOUD_API_KEY")],
)
def test_a_bad_value_is_refused_by_its_own_name(file: Path, environment: dict[str, str], setting: str) -> None:
    with pytest.raises(ConfigurationError, match=setting):
        offered(environment, models_file=file)


def test_the_default_may_be_chosen_and_models_taken_out(file: Path) -> None:
    catalog = offered({"CLOUD_API_KEY": "k"}, models_file=file, default_model="spare", disabled_models="small")
    assert names(catalog) == ["spare", "big"]
    assert catalog.find("big").fallbacks == ("spare",)
    assert catalog.find(None).name == "spare"


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"default_model": "huge"}, "DEFAULT_MODEL names huge"),
        ({"default_model": "big"}, "DEFAULT_MODEL names big"),
        ({"disabled_models": "huge"}, "DISABLED_MODELS names huge"),
        ({"disabled_models": "small,spare"}, "DISABLED_MODELS leaves no model"),
    ],
)
def test_names_that_are_not_offered_are_refused(file: Path, settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence):
        offered(models_file=file, **settings)


def test_a_model_may_be_disabled_that_has_no_key_today(file: Path) -> None:
    assert names(offered(models_file=file, disabled_models="big")) == ["small", "spare"]


@pytest.mark.parametrize(
    ("at", "micro_usd", "version"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), 900 + 10 + 1_500, "catalogue 2026-01-01"),
        (datetime(2026, 6, 30, 23, 59, tzinfo=UTC), 900 + 10 + 1_500, "catalogue 2026-01-01"),
        (datetime(2026, 7, 1, tzinfo=UTC), 450 + 50 + 750, "catalogue 2026-07-01"),
        (datetime(2025, 12, 31, tzinfo=UTC), 0, "unpriced"),
    ],
)
def test_a_call_is_priced_by_its_day(file: Path, at: datetime, micro_usd: int, version: str) -> None:
    cost = offered(models_file=file).find("small").cost(Usage(1_000, 500, cached_tokens=100), at=at)
    assert (cost.micro_usd, cost.price_version) == (micro_usd, version)


def test_published_prices_follow_the_kind_and_own_machines_have_none() -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    claude = offered(anthropic_api_key="k").find("claude-sonnet-5-5").price(at=at)
    assert claude is not None
    assert (claude.input, claude.output) == (2_000_000, 10_000_000)
    assert offered(ollama_base_url=NOWHERE, ollama_models="gpt-4o").default.price(at=at) is None
    assert offered().default.price(at=at) is None
