"""Latency sketches (DDSketch, 1 % relative accuracy): read from their protobuf, merged, asked for percentiles."""

import math
from collections.abc import Iterable

import ddsketch.pb.ddsketch_pb2 as protobuf
from ddsketch import DDSketch
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # The library has no types.

from service_kit.telemetry import RELATIVE_ACCURACY

MAX_BINS = 4_096


def new_sketch() -> DDSketch:
    """Return an empty sketch."""
    return DDSketch(RELATIVE_ACCURACY)


def decode_sketch(raw: bytes) -> DDSketch:
    """Decode a sketch, or raise ValueError when it is none of ours.

    The library's own reading adds bin by bin, which costs twenty times as much; reports read thousands.
    """
    try:
        message = protobuf.DDSketch.FromString(raw)
    except DecodeError as error:
        raise ValueError("not a sketch") from error
    sketch = new_sketch()
    bins = list(message.positiveValues.contiguousBinCounts)
    count = sum(bins) + message.zeroCount
    if not math.isclose(message.mapping.gamma, sketch._mapping.gamma) or message.mapping.interpolation:
        raise ValueError("a sketch of another accuracy")
    offset = message.positiveValues.contiguousBinIndexOffset
    if len(bins) > MAX_BINS or abs(offset) > MAX_BINS:
        raise ValueError("a sketch of impossible durations")
    # One infinite or undefined count makes the sum so.
    if not math.isfinite(count) or min(bins, default=0) < 0 or message.zeroCount < 0:
        raise ValueError("a sketch with impossible counts")
    store = sketch._store
    if bins:
        store.bins = bins
        store.offset = store.min_key = offset
        store.max_key = store.offset + len(bins) - 1
        store.count = count - message.zeroCount
    sketch._zero_count = message.zeroCount
    sketch._count = count
    return sketch


def merged(blobs: Iterable[bytes]) -> DDSketch:
    """Merge encoded sketches into one."""
    whole = new_sketch()
    for blob in blobs:
        whole.merge(decode_sketch(blob))
    return whole


def percentile(sketch: DDSketch, percent: float) -> float | None:
    """Return a percentile in the sketch's unit by the nearest-rank definition, or None when it holds nothing.

    The library rounds the rank down, so that the p95 of two durations would be the smaller one.
    """
    count = sketch.count
    if count < 1:
        return None
    rank = math.ceil(percent * count / 100)
    # Half a rank below the wanted one cannot fall to the rank before it through rounding.
    quantile = min(1.0, max(0.0, (rank - 0.5) / (count - 1))) if count > 1 else 0.0
    value: float | None = sketch.get_quantile_value(quantile)
    return value
