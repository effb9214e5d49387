"""The decoder: the same text, or the same named error, wherever the network cuts the bytes; bounded in memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable, Iterator
from itertools import pairwise, repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.chat_service.providers.hostile_streams import REFUSED, SURVIVED
from tests.chat_service.providers.recorded_streams import RECORDED, named, tools
from tests.chat_service.providers.streams import FAILING, HELLO, WELL_BEHAVED, Heard, choice, says

from chat_service.providers.decoder import MAX_LINE_BYTES, CompletionDecoder
from chat_service.providers.port import (
    Delta,
    Finish,
    Piece,
    ProviderError,
    ProviderMalformed,
    Reasoning,
    ToolCall,
    Usage,
)

STREAMS = {**WELL_BEHAVED, **FAILING, **RECORDED, **SURVIVED, **REFUSED}
SMALL = [name for name, (stream, _) in STREAMS.items() if len(stream) < 20_000]
LARGE = [name for name in STREAMS if name not in SMALL]


def pieces_in(portions: Iterable[bytes]) -> Iterator[Piece]:
    decoder = CompletionDecoder()
    for portion in portions:
        yield from decoder.feed(portion)
    yield from decoder.end()


def heard_in(portions: Iterable[bytes]) -> Heard:
    text, thought, usage, finish = "", "", None, None
    calls: tuple[ToolCall, ...] = ()
    error = None
    try:
        for piece in pieces_in(portions):
            match piece:
                case Delta():
                    text += piece.text
                case Reasoning():
                    thought += piece.text
                case ToolCall():
                    assert finish is None, "calls are told before the finish"
                    calls = (*calls, piece)
                case Usage():
                    usage = piece
                case Finish():
                    assert finish is None, "there is one finish"
                    finish = piece.reason
    except ProviderError as failure:
        error = type(failure)
    return Heard(text, usage, finish, error, thought, calls)


def cut(stream: bytes, places: Iterable[int]) -> list[bytes]:
    bounds = [0, *sorted(places), len(stream)]
    return [stream[start:end] for start, end in pairwise(bounds)]


def cut_evenly(stream: bytes, size: int) -> Iterator[bytes]:
    return (stream[start : start + size] for start in range(0, len(stream), size))


def test_there_are_enough_streams_and_no_two_have_one_name() -> None:
    groups = (WELL_BEHAVED, FAILING, RECORDED, SURVIVED, REFUSED)
    assert len(STREAMS) == sum(map(len, groups)) >= 80


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_in_one_piece(name: str) -> None:
    stream, heard = STREAMS[name]
    assert heard_in([stream]) == heard


@pytest.mark.parametrize("name", SMALL)
def test_a_stream_byte_by_byte_with_empty_portions(name: str) -> None:
    stream, heard = STREAMS[name]
    assert heard_in(part for byte in cut_evenly(stream, 1) for part in (byte, b"")) == heard


@pytest.mark.parametrize("name", SMALL)
def test_a_stream_cut_once_at_every_byte(name: str) -> None:
    stream, heard = STREAMS[name]
    for place in range(len(stream) + 1):
        assert heard_in([stream[:place], stream[place:]]) == heard, place


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_a_stream_cut_anywhere(data: st.DataObject) -> None:
    stream, heard = STREAMS[data.draw(st.sampled_from(SMALL))]
    places = data.draw(st.lists(st.integers(0, len(stream)), max_size=30))
    assert heard_in(cut(stream, places)) == heard


@pytest.mark.parametrize("name", LARGE)
@pytest.mark.parametrize("size", [1_000, 65_537])
def test_a_large_stream_in_even_portions(name: str, size: int) -> None:
    stream, heard = STREAMS[name]
    assert heard_in(cut_evenly(stream, size)) == heard


@given(noise=st.binary(max_size=200), places=st.lists(st.integers(0, 400), max_size=10))
@settings(max_examples=200, deadline=None)
def test_noise_is_a_named_error_or_is_ignored_however_it_is_cut(noise: bytes, places: list[int]) -> None:
    stream = says("before") + noise + b"\n\n" + says("after") + b"data: [DONE]\n\n"
    assert heard_in(cut(stream, [min(place, len(stream)) for place in places])) == heard_in([stream])


@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))), size=st.integers(1, 9)
)
@settings(max_examples=100, deadline=None)
def test_every_text_arrives_to_the_letter(texts: list[str], size: int) -> None:
    stream = b"".join(map(says, texts)) + b"data: [DONE]\n\n"
    assert heard_in(cut_evenly(stream, size)) == Heard("".join(texts))


def test_a_delta_is_heard_as_soon_as_its_event_is_there() -> None:
    for eol in (b"\n", b"\r\n", b"\r"):
        decoder = CompletionDecoder()
        said = says("now").replace(b"\n", eol)
        assert list(decoder.feed(said)) == [Delta("now")], eol


def test_pieces_come_in_the_order_of_the_stream() -> None:
    assert list(pieces_in([HELLO])) == [Delta("Hel"), Delta("lo"), Finish("stop")]


def test_a_tool_call_is_told_whole_and_before_the_finish() -> None:
    decoder = CompletionDecoder()
    assert list(decoder.feed(tools(named(0, "call_1", "time", "{")))) == []
    assert list(decoder.feed(tools({"index": 0, "function": {"arguments": "}"}}))) == []
    assert list(decoder.feed(choice(delta={}, finish_reason="tool_calls"))) == [
        ToolCall("call_1", "time", "{}"),
        Finish("tool_calls"),
    ]


@given(
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20),
    places=st.lists(st.integers(0, 40), max_size=8),
    size=st.integers(1, 50),
)
@settings(max_examples=200, deadline=None)
def test_escaped_text_cut_between_any_two_escapes_arrives_to_the_letter(
    text: str, places: list[int], size: int
) -> None:
    """UTF-16 is what escapes count in, so a server that cuts there cuts characters in halves."""
    units = text.encode("utf-16-be")
    halves = [units[start : start + 2] for start in range(0, len(units), 2)]
    bounds = [0, *sorted(min(place, len(halves)) for place in places), len(halves)]
    portions = ["".join(f"\\u{half.hex()}" for half in halves[start:end]) for start, end in pairwise(bounds)]
    stream = b"".join(b'data: {"choices":[{"delta":{"content":"%s"}}]}\n\n' % said.encode() for said in portions)
    assert heard_in(cut_evenly(stream + b"data: [DONE]\n\n", size)) == Heard(text)


def test_an_endless_line_is_refused_before_it_is_kept() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ProviderMalformed):
            list(pieces_in(repeat(b"z" * 65_536, 200)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * MAX_LINE_BYTES


@pytest.mark.timeout(20)
@pytest.mark.parametrize(("stream", "text_chars"), [(says("x" * 900_000), 900_000), (says("y") * 1_000, 1_000)])
def test_the_work_grows_with_the_bytes_and_not_with_their_square(stream: bytes, text_chars: int) -> None:
    """Takes well under a second; a decoder that looks at the same bytes again for every portion takes minutes."""
    decoder = CompletionDecoder()
    pieces = [piece for portion in cut_evenly(stream, 4) for piece in decoder.feed(portion)]
    assert sum(len(piece.text) for piece in pieces if isinstance(piece, Delta)) == text_chars
