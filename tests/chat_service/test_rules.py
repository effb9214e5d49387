"""The pure rules of a turn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_service.providers.port import ContextMessage
from chat_service.turns.rules import (
    DETAILS,
    QuestionTooLong,
    choose_context,
    context_budget,
    detail_of,
    ensure_question_fits,
    title_from,
)


def words(text: str) -> int:
    return len(text.split())


def test_the_newest_messages_that_fit_are_chosen_in_order() -> None:
    earlier = [ContextMessage("user", "one two"), ContextMessage("assistant", "three"), ContextMessage("user", "four")]
    chosen = choose_context("be brief", earlier, "five", earlier_total=5, budget=21, count=words)
    assert [message.content for message in chosen.messages] == ["be brief", "three", "four", "five"]
    assert (chosen.left_out, chosen.tokens) == (3, 2 + 1 + 1 + 1 + 4 * 4)


def test_answers_that_failed_before_a_word_are_not_sent() -> None:
    earlier = [ContextMessage("user", "one"), ContextMessage("assistant", "")]
    chosen = choose_context("", earlier, "two", earlier_total=2, budget=100, count=words)
    assert [message.content for message in chosen.messages] == ["one", "two"]
    assert chosen.left_out == 0


@given(st.lists(st.text(max_size=30), max_size=20), st.integers(10, 200))
def test_the_context_never_exceeds_its_budget_and_counts_what_it_leaves(contents: list[str], budget: int) -> None:
    earlier = [ContextMessage("user", content) for content in contents]
    chosen = choose_context("", earlier, "q", earlier_total=len(earlier), budget=budget, count=len)
    assert chosen.tokens <= budget
    sent = [message.content for message in chosen.messages[:-1]]
    kept = contents[chosen.left_out :]
    assert sent == [content for content in kept if content]


def test_a_question_is_refused_only_when_it_can_never_fit() -> None:
    ensure_question_fits("be brief", "a " * 50, budget=1_000, count=words)
    ensure_question_fits("", "word " * 90, budget=100, count=words)
    with pytest.raises(QuestionTooLong):
        ensure_question_fits("", "word " * 100, budget=100, count=words)
    assert context_budget(8_000) == 6_000


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Hello", "Hello"),
        ("  two\n lines ", "two lines"),
        ("x" * 100, "x" * 60 + "…"),
        ("   ", ""),
    ],
)
def test_a_conversation_is_named_after_its_first_question(question: str, title: str) -> None:
    assert title_from(question) == title


def test_every_code_has_a_sentence() -> None:
    assert all(detail.endswith(".") for detail in DETAILS.values())
    assert detail_of(None) is None
    assert detail_of("some_new_code") == DETAILS["internal_error"]
