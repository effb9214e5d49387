"""Golden samples of every event version: what was once told must be readable for ever, and say the same."""

import json
from pathlib import Path
from typing import get_args

import pytest

from service_kit.contracts.events import EVENT_TYPES, Envelope, Outcome, Purpose, Transport, UsageSource

SAMPLES = sorted((Path(__file__).parent / "events").glob("*.json"))


def test_every_event_version_has_a_sample() -> None:
    assert {path.name.removesuffix(".json").partition("+")[0] for path in SAMPLES} == set(EVENT_TYPES)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_sample_is_read_and_told_again_unchanged(path: Path) -> None:
    """Changing a field of a published version breaks this: make a new version instead."""
    sample = json.loads(path.read_text())
    envelope = Envelope.model_validate_json(path.read_text())
    event = envelope.open()
    assert str(event.event_id) == sample["id"]
    assert event.type == sample["type"] == path.name.removesuffix(".json").partition("+")[0]
    # An optional field that came after the sample says what it says when nobody told it.
    told = event.model_dump(mode="json", exclude_unset=True)
    assert told == sample["data"]
    assert {**envelope.model_dump(mode="json"), "data": told} == sample


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_field_that_came_later_is_passed_over(path: Path) -> None:
    sample = json.loads(path.read_text())
    sample["data"]["told_by_a_later_version"] = {"anything": [1]}
    sample["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    assert Envelope.model_validate(sample).open() == Envelope.model_validate_json(path.read_text()).open()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_events_tell_numbers_and_ids_never_text(path: Path) -> None:
    """A new field of an event must be added here by name, after thinking whether it could carry what people write."""
    known = {"tenant_id", "user_id", "role", "conversation_id", "turn_id", "purpose", "provider", "model", "transport"}
    known |= {"outcome", "error_code", "input_tokens", "output_tokens", "cached_tokens", "usage_source"}
    known |= {"reasoning_tokens"}
    known |= {"cost_micro_usd", "price_version", "time_to_first_token_ms", "duration_ms"}
    known |= {"batch_id", "service", "routes"}
    assert set(EVENT_TYPES[json.loads(path.read_text())["type"]].model_fields) <= known


def test_words_that_were_told_stay_words() -> None:
    """Taking one away would send old events to quarantine."""
    assert {"finished", "stopped", "failed", "interrupted"} <= set(get_args(Outcome))
    assert {"provider", "estimated"} <= set(get_args(UsageSource))
    assert {"reply", "summary", "tool"} <= set(Purpose)
    assert {"json", "sse", "websocket"} <= set(Transport)
