"""What a model's entry allows: parameters it takes, answers it can make, pictures it can see."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from chat_service.providers.catalog import PARAMETER_NAMES, Model
from chat_service.providers.port import Parameters
from chat_service.providers.rules import (
    ImagesNotSupported,
    MaxOutputTokensTooLarge,
    ParameterNotSupported,
    ensure_images_fit,
    ensure_parameters_fit,
    fitting,
)
from chat_service.testing import ScriptedProvider

SET: dict[str, Any] = {
    "temperature": 0.0,
    "top_p": 0.5,
    "max_output_tokens": 100,
    "presence_penalty": 0.0,
    "frequency_penalty": 1.0,
    "stop": ("END",),
    "reasoning_effort": "low",
}
EVERYTHING = Parameters(**SET)


def model(**facts: Any) -> Model:
    return Model(**{"name": "m", "provider": ScriptedProvider(), "context_window": 1_000, **facts})


def test_the_catalogue_knows_every_parameter_of_a_call() -> None:
    assert {field.name for field in fields(Parameters)} == PARAMETER_NAMES == set(SET)


@pytest.mark.parametrize("name", SET)
def test_a_parameter_the_model_does_not_take_is_refused_by_its_name(name: str) -> None:
    others = model(parameters=PARAMETER_NAMES - {name})
    with pytest.raises(ParameterNotSupported) as refused:
        ensure_parameters_fit(others, Parameters(**{name: SET[name]}))
    assert (refused.value.status, refused.value.code) == (422, "parameter_not_supported")
    assert refused.value.facts == {"parameter": name, "model": "m"}
    assert name in refused.value.detail
    ensure_parameters_fit(others, Parameters(**{key: value for key, value in SET.items() if key != name}))


def test_what_is_not_set_is_never_refused() -> None:
    ensure_parameters_fit(model(parameters=frozenset()), Parameters())


def test_an_answer_longer_than_the_model_makes_is_refused() -> None:
    ensure_parameters_fit(model(max_output_tokens=100), EVERYTHING)
    ensure_parameters_fit(model(max_output_tokens=None), EVERYTHING)
    with pytest.raises(MaxOutputTokensTooLarge) as refused:
        ensure_parameters_fit(model(max_output_tokens=99), EVERYTHING)
    assert (refused.value.code, refused.value.facts["limit"]) == ("max_output_tokens_too_large", 99)


def test_a_model_that_stands_in_gets_what_it_takes() -> None:
    small = model(parameters=frozenset({"max_output_tokens", "stop"}), max_output_tokens=10)
    assert fitting(small, EVERYTHING) == Parameters(max_output_tokens=10, stop=("END",))
    assert fitting(model(), EVERYTHING) == EVERYTHING
    ensure_parameters_fit(small, fitting(small, EVERYTHING))


def test_pictures_are_for_models_that_see() -> None:
    ensure_images_fit(model(capabilities=frozenset({"images"})))
    with pytest.raises(ImagesNotSupported) as refused:
        ensure_images_fit(model(capabilities=frozenset({"tools"})))
    assert (refused.value.status, refused.value.code) == (422, "images_not_supported")
