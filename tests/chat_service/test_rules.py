"""The pure rules of a turn."""

import pytest

from chat_service.providers.port import ProviderError
from chat_service.turns.rules import (
    DETAILS,
    INTERNAL_CODE,
    INTERRUPTED_CODE,
    REPLY_TOO_LONG_CODE,
    detail_of,
    title_from,
)


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
    kinds: list[type[ProviderError]] = [ProviderError, *ProviderError.__subclasses__()]
    assert {kind.code for kind in kinds} | {INTERNAL_CODE, INTERRUPTED_CODE, REPLY_TOO_LONG_CODE} <= DETAILS.keys()
    assert all(detail.endswith(".") for detail in DETAILS.values())
    assert detail_of(None) is None
    assert detail_of("some_new_code") == DETAILS["internal_error"]
