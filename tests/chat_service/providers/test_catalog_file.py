"""The catalogue file: what it can say, and the sentence with which a bad one is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from chat_service.providers.catalog import PARAMETER_NAMES
from chat_service.providers.catalog_file import MAX_FILE_BYTES, read_catalog_file
from chat_service.providers.kinds import KINDS
from chat_service.providers.offering import SHIPPED
from service_kit.settings import ConfigurationError

EXAMPLE = Path(__file__).parents[3] / "deploy" / "models.example.toml"
SECRET = "sk-very-secret-0123456789"
PROVIDER = '[[providers]]\nname = "p"\nkind = "ollama"\n'
MODEL = '[[models]]\nname = "m"\nprovider = "p"\ncontext_window = 8000\n'
OTHER = MODEL.replace('"m"', '"n"')
PRICE = "[[models.prices]]\nvalid_from = 2026-01-01\ninput = 1\noutput = 2\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "models.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal_of(folder: Path, text: str) -> str:
    path = written(folder, text)
    with pytest.raises(ConfigurationError) as refused:
        read_catalog_file(path)
    sentence = str(refused.value)
    assert sentence.startswith(f"{path}: ")
    assert "\n" not in sentence
    return sentence.removeprefix(f"{path}: ")


@pytest.mark.parametrize("path", [EXAMPLE, SHIPPED])
def test_the_files_we_ship_can_be_read(path: Path) -> None:
    read = read_catalog_file(path)
    assert read.models
    assert {model.provider for model in read.models} <= {provider.name for provider in read.providers}


def test_the_example_shows_every_kind_but_one_and_every_word() -> None:
    read, text = read_catalog_file(EXAMPLE), EXAMPLE.read_text(encoding="utf-8")
    assert set(KINDS) - {provider.kind for provider in read.providers} == {"llamacpp"}
    words = {name for kind in (read.models[0], read.providers[0]) for name in type(kind).model_fields}
    assert [word for word in words | PARAMETER_NAMES if word not in text] == []


def test_what_is_left_out_has_a_sensible_value(tmp_path: Path) -> None:
    read = read_catalog_file(written(tmp_path, PROVIDER + MODEL))
    provider, model = read.providers[0], read.models[0]
    assert (provider.base_url, provider.key_variable, provider.needs_key) == (None, "P_API_KEY", False)
    assert model.taken_parameters == PARAMETER_NAMES - {"reasoning_effort"}
    assert (model.capabilities, model.prices, model.fallbacks) == (frozenset(), (), ())


def test_everything_that_is_said_is_read(tmp_path: Path) -> None:
    provider = (
        '[[providers]]\nname = "our-vllm"\nkind = "vllm"\nbase_url = "http://10.0.0.7:9000/v1"\n'
        'api_key_env = "VLLM_KEY"\nconnect_seconds = 1\nfirst_delta_seconds = 2.5\nbetween_deltas_seconds = 3\n'
    )
    model = (
        '[[models]]\nname = "a/b:7b"\nprovider = "our-vllm"\ncontext_window = 8_000\nlabel = "B"\nserved_as = "b"\n'
        'max_output_tokens = 100\ncapabilities = ["images", "reasoning"]\nparameters = ["stop"]\nfallbacks = ["c"]\n'
    )
    other = '[[models]]\nname = "c"\nprovider = "our-vllm"\ncontext_window = 512\ncapabilities = ["reasoning"]\n'
    read = read_catalog_file(written(tmp_path, provider + model + PRICE + other))
    assert read.providers[0].model_dump() == {
        "name": "our-vllm",
        "kind": "vllm",
        "base_url": "http://10.0.0.7:9000/v1",
        "api_key_env": "VLLM_KEY",
        "connect_seconds": 1.0,
        "first_delta_seconds": 2.5,
        "between_deltas_seconds": 3.0,
    }
    assert read.providers[0].needs_key
    first, second = read.models
    assert (first.name, first.label, first.served_as, first.max_output_tokens) == ("a/b:7b", "B", "b", 100)
    assert (first.taken_parameters, first.fallbacks) == (frozenset({"stop"}), ("c",))
    assert (first.prices[0].valid_from, first.prices[0].cached_input) == (date(2026, 1, 1), None)
    assert second.taken_parameters == PARAMETER_NAMES


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("models = 7", "models", "valid"),
        ("modules = []", "modules", "Extra inputs"),
        (PROVIDER.replace("ollama", "olama"), "providers[1] kind (p)", "'ollama'"),
        (PROVIDER.replace('"p"', '"P!"'), "providers[1] name (P!)", "pattern"),
        (PROVIDER + 'base_url = "localhost:1"', "providers[1] base_url (p)", "takes an address"),
        (PROVIDER + 'base_url = "http://a/v1?k=1"', "providers[1] base_url (p)", "without a query"),
        (PROVIDER + "connect_seconds = 0", "providers[1] connect_seconds (p)", "greater than 0"),
        (PROVIDER + "speed = 1", "providers[1] speed (p)", "Extra inputs"),
        (PROVIDER + MODEL.replace("8000", "100"), "models[1] context_window (m)", "512"),
        (PROVIDER + MODEL.replace("8000", '"8000x"'), "models[1] context_window (m)", "integer"),
        (PROVIDER + MODEL + 'capabilities = ["sight"]', "models[1] capabilities[1] (m)", "'images'"),
        (PROVIDER + MODEL + 'parameters = ["seed"]', "models[1] parameters[1] (m)", "'temperature'"),
        (PROVIDER + MODEL + OTHER.replace('"n"', '""'), "models[2] name", "at least 1"),
        (PROVIDER + MODEL + PRICE.replace("= 1\n", "= -1\n"), "models[1] prices[1] input (m)", "0"),
        (PROVIDER + MODEL + PRICE.replace("2026-01-01", '"soon"'), "models[1] prices[1] valid_from (m)", "date"),
        (PROVIDER + MODEL + PRICE + PRICE, "models[1] (m)", "same day"),
        (PROVIDER + PROVIDER + MODEL, "the provider p", "twice"),
        (PROVIDER + MODEL + MODEL, "the model m", "twice"),
        (MODEL, "the model m", "the provider p"),
        (PROVIDER + MODEL + 'fallbacks = ["x"]', "the model m", "the fallback x"),
        (PROVIDER + MODEL + 'fallbacks = ["m"]', "the model m", "lead back"),
        (PROVIDER + MODEL + 'fallbacks = ["n", "n"]\n' + OTHER, "models[1] (m)", "twice"),
        (PROVIDER + MODEL + 'fallbacks = ["n"]\n' + OTHER + 'fallbacks = ["m"]', "the model m", "lead back"),
        ("[[providers]\n", "is not TOML", "line 1"),
        ('name = "open', "is not TOML", "end of document"),
        ("[" * 100_000, "is not TOML", ""),
        ("#" * (MAX_FILE_BYTES + 1), "is longer", ""),
    ],
)
def test_a_bad_file_is_refused_with_the_place(tmp_path: Path, text: str, place: str, reason: str) -> None:
    sentence = refusal_of(tmp_path, text)
    assert place in sentence
    assert reason in sentence


@pytest.mark.parametrize(
    "text",
    [
        PROVIDER + f'api_key = "{SECRET}"',
        PROVIDER + f'key = "{SECRET}"',
        PROVIDER + f'token = "{SECRET}"',
        PROVIDER + f'api_key_env = "{SECRET}"',
        PROVIDER + f'base_url = "http://user:{SECRET}@host/v1"',
        PROVIDER + f'base_url = "{SECRET}"',
        PROVIDER + f'kind = "{SECRET}"',
        PROVIDER + MODEL + f'api_key = "{SECRET}"',
        f'api_key = "{SECRET}"',
        f'{PROVIDER}api_key = "{SECRET}\n',
        f"{PROVIDER}api_key = {SECRET}\n",
    ],
)
def test_a_key_in_the_file_is_refused_and_never_shown(tmp_path: Path, text: str) -> None:
    assert SECRET not in refusal_of(tmp_path, text)


def test_a_refused_key_says_where_it_belongs(tmp_path: Path) -> None:
    assert "environment" in refusal_of(tmp_path, PROVIDER + f'api_key = "{SECRET}"')
    assert "api_key_env" in refusal_of(tmp_path, PROVIDER + f'api_key_env = "{SECRET}"')


def test_a_long_chain_of_fallbacks_is_no_circle(tmp_path: Path) -> None:
    chain = "".join(
        MODEL.replace('"m"', f'"m{place}"') + f'fallbacks = ["m{place + 1}", "last"]\n' for place in range(50)
    )
    ends = MODEL.replace('"m"', '"m50"') + MODEL.replace('"m"', '"last"')
    assert len(read_catalog_file(written(tmp_path, PROVIDER + chain + ends)).models) == 52


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(ConfigurationError, match="cannot be read"):
            read_catalog_file(path)
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match="is not UTF-8"):
        read_catalog_file(tmp_path / "binary.toml")
