"""The decoder of Claude's streams: the same pieces, or the same named error, wherever the bytes are cut; bounded."""

from __future__ import annotations

import tracemalloc
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import pairwise, repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.chat_service.providers.anthropic_streams import HELLO, STREAMS, Heard, stream
from tests.doubles.anthropic_script import block, part, saying, start, stop, text

from chat_service.providers.anthropic_decoder import MessageDecoder
from chat_service.providers.port import Delta, Piece, ProviderError, ProviderMalformed
from chat_service.providers.sse_lines import MAX_LINE_BYTES

SMALL = [name for name, (stream, _) in STREAMS.items() if len(stream) < 20_000]
LARGE = [name for name in STREAMS if name not in SMALL]


def pieces_in(portions: Iterable[bytes]) -> Iterator[Piece]:
    decoder = MessageDecoder()
    for portion in portions:
        yield from decoder.feed(portion)
    yield from decoder.end()


def heard_in(portions: Iterable[bytes]) -> Heard:
    pieces: list[Piece] = []
    try:
        pieces.extend(pieces_in(portions))
    except ProviderError as error:
        return pieces, type(error)
    return pieces, None


def cut(stream: bytes, places: Iterable[int]) -> list[bytes]:
    bounds = [0, *sorted(places), len(stream)]
    return [stream[start:end] for start, end in pairwise(bounds)]


def cut_evenly(stream: bytes, size: int) -> Iterator[bytes]:
    return (stream[start : start + size] for start in range(0, len(stream), size))


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_in_one_piece(name: str) -> None:
    stream, heard = STREAMS[name]
    assert heard_in([stream]) == heard


@pytest.mark.parametrize("name", SMALL)
def test_a_stream_byte_by_byte_with_empty_portions(name: str) -> None:
    stream, heard = STREAMS[name]
    assert heard_in(part for byte in cut_evenly(stream, 1) for part in (byte, b"")) == heard


@given(data=st.data())
@settings(max_examples=400, deadline=None)
def test_a_stream_cut_anywhere(data: st.DataObject) -> None:
    stream, heard = STREAMS[data.draw(st.sampled_from(SMALL))]
    places = data.draw(st.lists(st.integers(0, len(stream)), max_size=30))
    assert heard_in(cut(stream, places)) == heard


@pytest.mark.parametrize("name", LARGE)
@pytest.mark.parametrize("size", [1_000, 65_537])
def test_a_large_stream_in_even_portions(name: str, size: int) -> None:
    stream, heard = STREAMS[name]
    assert heard_in(cut_evenly(stream, size)) == heard


@given(noise=st.binary(max_size=200), places=st.lists(st.integers(0, 900), max_size=10))
@settings(max_examples=200, deadline=None)
def test_noise_is_a_named_error_or_is_ignored_however_it_is_cut(noise: bytes, places: list[int]) -> None:
    noisy = stream(start(), text("before")) + noise + b"\n\n" + stream(text("after"), stop())
    assert heard_in(cut(noisy, [min(place, len(noisy)) for place in places])) == heard_in([noisy])


@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1)))
@settings(max_examples=100, deadline=None)
def test_every_text_arrives_to_the_letter(texts: list[str]) -> None:
    pieces, error = heard_in(cut_evenly(stream(*saying(*texts)), 7))
    assert error is None
    assert [piece.text for piece in pieces if isinstance(piece, Delta)] == texts


def test_a_delta_is_heard_as_soon_as_its_event_is_there() -> None:
    for eol in (b"\n", b"\r\n", b"\r"):
        decoder = MessageDecoder()
        assert list(decoder.feed(stream(text("now")).replace(b"\n", eol))) == [Delta("now")], eol


def test_nothing_is_heard_after_the_end() -> None:
    decoder = MessageDecoder()
    list(decoder.feed(HELLO))
    assert decoder.is_done
    assert list(decoder.feed(stream(text("more")))) == list(decoder.end()) == []


TOOL_BEGINS = stream(block(0, type="tool_use", id="t", name="f", input={}))
ENDLESS = {
    "a line": (b"", b"z" * 65_536, 200),
    "an event": (b"", (b"data: " + b"y" * 250 + b"\n") * 256, 200),
    "arguments": (TOOL_BEGINS, stream(part(0, type="input_json_delta", partial_json="y" * 50)) * 100, 400),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_never_ends_is_refused_before_it_is_kept(name: str) -> None:
    beginning, portion, times = ENDLESS[name]
    decoder = MessageDecoder()
    list(decoder.feed(beginning))
    tracemalloc.start()
    try:
        with pytest.raises(ProviderMalformed):
            deque((piece for again in repeat(portion, times) for piece in decoder.feed(again)), maxlen=0)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * MAX_LINE_BYTES


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    ("body", "chars"), [(stream(*saying("x" * 900_000)), 900_000), (stream(text("y")) * 1_000, 1_000)]
)
def test_the_work_grows_with_the_bytes_and_not_with_their_square(body: bytes, chars: int) -> None:
    """Takes well under a second; a decoder that looks at the same bytes again for every portion takes minutes."""
    decoder = MessageDecoder()
    pieces = [piece for portion in cut_evenly(body, 4) for piece in decoder.feed(portion)]
    assert sum(len(piece.text) for piece in pieces if isinstance(piece, Delta)) == chars
