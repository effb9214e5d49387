"""Sketches: merged in any order they say the same, within 1 % of the exact percentile."""

import math
from itertools import pairwise

import pytest
from ddsketch import DDSketch
from ddsketch.pb.proto import DDSketchProto
from hypothesis import given
from hypothesis import strategies as st

from analytics_service.sketches import decode_sketch, merged, new_sketch, percentile
from service_kit.telemetry import RELATIVE_ACCURACY, encode_sketch

DURATIONS = st.lists(st.one_of(st.just(0), st.integers(1, 600_000)), max_size=200)
PERCENTS = (0, 1, 50, 90, 95, 99, 100)


def sketch_of(durations: list[int]) -> bytes:
    """Encode the sketch of some durations."""
    sketch = new_sketch()
    for duration in durations:
        sketch.add(duration)
    return encode_sketch(sketch)


@given(DURATIONS)
def test_a_percentile_is_within_one_percent(durations: list[int]) -> None:
    sketch = decode_sketch(sketch_of(durations))
    for percent in PERCENTS:
        told = percentile(sketch, percent)
        if not durations:
            assert told is None
            continue
        exact = sorted(durations)[max(0, math.ceil(percent * len(durations) / 100) - 1)]
        assert told == pytest.approx(exact, rel=RELATIVE_ACCURACY + 1e-9)


@given(st.lists(DURATIONS, max_size=6))
def test_parts_merge_to_the_whole_in_any_order(parts: list[list[int]]) -> None:
    whole = decode_sketch(sketch_of([duration for part in parts for duration in part]))
    blobs = [sketch_of(part) for part in parts]
    for order in (blobs, blobs[::-1]):
        together = merged(order)
        assert together.count == whole.count
        assert [percentile(together, at) for at in PERCENTS] == [percentile(whole, at) for at in PERCENTS]
        again = decode_sketch(encode_sketch(together))
        assert [percentile(again, at) for at in PERCENTS] == [percentile(whole, at) for at in PERCENTS]


@pytest.mark.parametrize(
    ("durations", "percent", "expected"),
    [([100, 900], 95, 900), ([100, 900], 50, 100), ([7], 50, 7), (list(range(1, 101)), 55, 55), ([1, 2, 3, 4], 75, 3)],
)
def test_a_percentile_is_the_nearest_rank(durations: list[int], percent: int, expected: int) -> None:
    assert percentile(decode_sketch(sketch_of(durations)), percent) == pytest.approx(expected, rel=0.0101)


def test_percentiles_of_a_long_history_rise() -> None:
    whole = merged(sketch_of(list(range(start, start + 60))) for start in range(1, 10_000, 60))
    told = [percentile(whole, percent) or 0 for percent in range(0, 101, 5)]
    assert all(one < other for one, other in pairwise(told))


def test_a_few_durations_take_little_room() -> None:
    """Telemetry makes a sketch per route and second; empty bins would be most of it."""
    assert len(sketch_of([200])) < 60


def _of_other_accuracy() -> bytes:
    sketch = DDSketch(0.1)
    sketch.add(1)
    return encode_sketch(sketch)


def _with(count: float, *, offset: int = 0, bins: int = 1) -> bytes:
    message = DDSketchProto.to_proto(new_sketch())  # type: ignore[no-untyped-call]  # The library has no types.
    message.positiveValues.contiguousBinCounts[:] = [count] * bins
    message.positiveValues.contiguousBinIndexOffset = offset
    encoded: bytes = message.SerializeToString()
    return encoded


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xff",
        b"",
        _of_other_accuracy(),
        _with(-1),
        _with(math.nan),
        _with(math.inf),
        _with(1, offset=2**31 - 1),
        _with(1, bins=100_000),
    ],
)
def test_what_is_no_sketch_of_ours_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError):
        decode_sketch(raw)
