"""Counting tokens: exact for OpenAI's models where the ranks are at hand, and never a stop for everybody else."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from chat_service.providers.token_counter import COUNTED_CHARS, count_within, estimate_tokens, token_counter

PROSE = "The quick brown fox jumps over the lazy dog, and 漢字 follow it. "


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("abcd", 1), ("abcde", 2), ("é", 1), ("漢字", 2), ("x" * 400, 100)]
)
def test_the_estimate_takes_four_bytes_for_a_token(text: str, tokens: int) -> None:
    assert estimate_tokens(text) == tokens


def test_texts_are_counted_as_o200k_counts_them_or_estimated_where_it_has_no_wheel() -> None:
    texts = ("", "hello world", "<|endoftext|>", " " * 100)
    counted = [0, 2, 7, 2] if find_spec("rs_bpe") else [estimate_tokens(text) for text in texts]
    assert [token_counter()(text) for text in texts] == counted


def test_a_counter_is_always_there() -> None:
    count = token_counter()
    assert count("") == 0
    assert 10 <= count(PROSE) <= 30


def test_the_longest_question_is_counted_whole() -> None:
    question = "a" * 99_999 + "b"
    assert count_within(COUNTED_CHARS, question, lambda text: len(text) * text.count("b")) == 100_000


def test_a_longer_text_is_counted_by_slices_of_bounded_size() -> None:
    read: list[str] = []

    def count(text: str) -> int:
        read.append(text)
        return len(text.split())

    words = "word " * 400_000
    assert count_within(1_000, words, count) == pytest.approx(400_000, rel=0.02)
    assert sum(map(len, read)) <= 1_000


def test_slices_speak_for_the_beginning_and_the_end() -> None:
    half_and_half = "a" * 1_000_000 + "b" * 1_000_000
    assert count_within(8_000, half_and_half, lambda text: text.count("b")) == 1_000_000


def test_a_huge_text_is_counted_about_right() -> None:
    count = token_counter()
    assert count(PROSE * 30_000) == pytest.approx(30_000 * count(PROSE), rel=0.1)
