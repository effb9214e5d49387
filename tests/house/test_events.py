"""Events: docs/events.md tells every one with every field, and shows the golden sample."""

import json
from typing import Any

import pytest
from pydantic import BaseModel
from tests.house.repository import ROOT, rows, section, text_of

from service_kit.contracts.events import EVENT_TYPES, Envelope, RouteCount

PAPER = "docs/events.md"
SAMPLES = ROOT / "tests" / "contracts" / "events"
SKETCH_SHOWN_CHARS = 16


def fields_told(heading: str) -> list[str]:
    return [row[0] for row in rows(section(PAPER, heading))]


def example_told(heading: str) -> Any:
    """The first JSON example below a heading."""
    _, _, rest = section(PAPER, heading).partition("```json\n")
    return json.loads(rest.partition("\n```")[0])


def sample(type_: str) -> Any:
    """A golden sample; of a sketch only the beginning, as a paper shows it."""
    told = json.loads((SAMPLES / f"{type_}.json").read_text(encoding="utf-8"))
    for route in told["data"].get("routes", []):
        route["durations"] = f"{route['durations'][:SKETCH_SHOWN_CHARS]}..."
    return told


def test_the_paper_tells_exactly_the_events_that_exist() -> None:
    """Other programs are built on the paper, not on the code."""
    told = [line.removeprefix("## `").rstrip("`") for line in text_of(PAPER).splitlines() if line.startswith("## `")]
    assert sorted(told) == sorted(EVENT_TYPES)


@pytest.mark.parametrize("type_", EVENT_TYPES)
def test_every_field_of_an_event_is_told(type_: str) -> None:
    """A field without a meaning and a unit will be understood in two ways."""
    told = fields_told(f"## `{type_}`")
    nested = list(RouteCount.model_fields) if type_ == "service.requests.counted.v1" else []
    assert told == [*EVENT_TYPES[type_].model_fields, *(f"routes[].{name}" for name in nested)]


@pytest.mark.parametrize("type_", EVENT_TYPES)
def test_the_example_is_the_golden_sample(type_: str) -> None:
    """An example that was copied once and never read again goes wrong; this one is what the contract test reads."""
    assert example_told(f"## `{type_}`") == sample(type_)


def test_every_attribute_of_the_envelope_is_told() -> None:
    """The envelope is the part that never changes, so it is the part that everybody relies on."""
    kind: type[BaseModel] = Envelope
    assert fields_told("## The envelope") == list(kind.model_fields)
