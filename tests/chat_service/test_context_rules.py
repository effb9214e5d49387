"""The pure rules of a context: what fits, what is left out, and why."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_service.context.composition import MAX_SENT_IMAGE_BYTES, messages_of, pictures_sent, plan
from chat_service.context.rules import (
    CONTINUE_INSTRUCTION,
    IMAGE_NOT_SHOWN,
    TOKENS_PER_IMAGE,
    Counter,
    Digest,
    Entry,
    Frame,
    Picture,
    QuestionTooLong,
    context_budget,
    ensure_question_fits,
)
from chat_service.context.transcript import CUT, Line, transcript
from chat_service.providers.catalog import Model
from chat_service.providers.port import Image, OfferedTool, Parameters
from chat_service.testing import ScriptedProvider


@dataclass(frozen=True, slots=True)
class WordModel(Model):
    """A model whose tokens are words, so that people can count along."""

    def count(self, text: str) -> int:
        return len(text.split())


MODEL = WordModel("words", ScriptedProvider(), 8_000)
SEEING = replace(MODEL, capabilities=frozenset({"images"}))


def branch(*contents: str) -> list[Entry]:
    """Messages as they were said; the rules see them newest first."""
    distances = range(len(contents), 0, -1)
    said = [
        Entry(uuid4(), "user" if distance % 2 == 0 else "assistant", content, distance=distance)
        for distance, content in zip(distances, contents, strict=True)
    ]
    return said[::-1]


def frame(budget: int, *, most: int = 100, above: int = 0, question: str = "five", prompt: str = "be brief") -> Frame:
    return Frame(MODEL, budget, most, above, prompt, Entry(uuid4(), "user", question))


def test_the_newest_messages_that_fit_are_sent_in_order_and_each_part_says_why() -> None:
    earlier = branch("one two", "three", "four")
    planned = plan(frame(21, above=5), earlier, Counter(MODEL))
    assert [(part.kind, part.tokens, part.is_sent, part.reason) for part in planned.parts] == [
        ("system", 6, True, None),
        ("message", 6, False, "over_token_budget"),
        ("message", 5, True, "newest"),
        ("message", 5, True, "newest"),
        ("question", 5, True, None),
    ]
    assert (planned.tokens, planned.choice.left_out, planned.choice.reached) == (21, 3, 2)
    assert [message.content for message in messages_of(frame(21), planned.choice, {})] == [
        "be brief",
        "three",
        "four",
        "five",
    ]


def test_no_more_messages_are_sent_than_the_policy_says() -> None:
    planned = plan(frame(1_000, most=1, above=3), branch("one", "two", "three"), Counter(MODEL))
    assert [part.reason for part in planned.parts] == [None, "over_message_limit", "over_message_limit", "newest", None]
    assert planned.choice.left_out == 2


def test_answers_that_failed_before_a_word_take_no_place() -> None:
    planned = plan(frame(1_000, most=2, above=4), branch("one", "", "two", ""), Counter(MODEL))
    assert [part.reason for part in planned.parts if part.kind == "message"] == ["newest", "empty", "newest", "empty"]
    assert (planned.choice.left_out, planned.choice.reached) == (0, 4)


def test_nothing_is_counted_behind_the_first_message_that_does_not_fit() -> None:
    asked: list[str] = []

    class Counting(Counter):
        def text(self, text: str) -> int:
            asked.append(text)
            return super().text(text)

    counter = Counting(MODEL)
    plan(frame(25, above=1_000), branch(*["x " * 50] * 998, "word " * 50, "new"), counter)
    assert asked == ["be brief", "five", "new", "word " * 50]


@given(st.lists(st.text(max_size=30), max_size=20), st.integers(12, 200), st.integers(0, 20))
def test_the_context_never_exceeds_its_budget_and_counts_what_it_leaves(
    contents: list[str], budget: int, most: int
) -> None:
    earlier = branch(*contents)
    planned = plan(frame(budget, most=most, above=len(contents)), earlier, Counter(MODEL))
    assert planned.tokens <= budget
    sent = [entry.content for entry in planned.choice.sent]
    kept = [content for content in contents if content][planned.choice.left_out :]
    assert sent == kept
    assert len(sent) <= most


@given(st.lists(st.text(max_size=12), max_size=20), st.integers(30, 120), st.integers(1, 20))
def test_with_a_summary_every_message_is_sent_told_empty_or_left_out(
    contents: list[str], budget: int, distance: int
) -> None:
    earlier = branch(*contents)
    digest = Digest("what was said", min(distance, max(1, len(contents))))
    planned = plan(frame(budget, above=len(contents)), earlier, Counter(MODEL), digest=digest)
    reasons = [part.reason for part in planned.parts if part.kind == "message"]
    assert planned.tokens <= budget
    assert planned.choice.left_out == reasons.count("over_token_budget")
    told = [entry for entry in earlier if entry.distance >= digest.distance and entry.content]
    assert reasons.count("summarised") == len([entry for entry in told if entry not in planned.choice.sent])


def test_a_summary_stands_behind_the_system_prompt_and_tells_what_fell_out() -> None:
    earlier, asked = branch("one", "two", "three", "four"), frame(31, above=9)
    planned = plan(asked, earlier, Counter(MODEL), digest=Digest("bees", 3))
    assert [part.reason for part in planned.parts] == [None, None, "summarised", "summarised", "newest", "newest", None]
    assert [message.role for message in messages_of(asked, planned.choice, {})][:3] == ["system", "system", "user"]
    assert messages_of(asked, planned.choice, {})[1].content == "Summary of the earlier conversation:\n\nbees"
    assert planned.choice.left_out == 0


def test_a_summary_that_does_not_fit_tells_nothing() -> None:
    planned = plan(frame(16, above=2), branch("one", "two"), Counter(MODEL), digest=Digest("far too long " * 10, 1))
    summary = next(part for part in planned.parts if part.kind == "summary")
    assert (summary.is_sent, summary.reason) == (False, "over_token_budget")
    assert planned.choice.left_out == 1


def test_a_continued_answer_ends_with_what_was_said_and_the_wish_to_go_on() -> None:
    asked = replace(frame(200, above=1), continued=Entry(uuid4(), "assistant", "one two thr"))
    planned = plan(asked, branch("zero"), Counter(MODEL))
    assert [(message.role, message.content) for message in messages_of(asked, planned.choice, {})] == [
        ("system", "be brief"),
        ("assistant", "zero"),
        ("user", "five"),
        ("assistant", "one two thr"),
        ("user", CONTINUE_INSTRUCTION),
    ]
    assert [part.kind for part in planned.parts][-3:] == ["question", "message", "instruction"]


def test_offered_tools_and_pictures_are_counted() -> None:
    tool = OfferedTool("calculator", "Calculates.", {"type": "object"})
    asked = replace(frame(5_000), model=SEEING, tools=(tool,))
    asked = replace(asked, question=replace(asked.question, pictures=(Picture(uuid4(), 10), Picture(uuid4(), 10))))
    planned = plan(asked, [], Counter(SEEING))
    assert [(part.kind, part.tokens) for part in planned.parts] == [
        ("system", 6),
        ("tools", 5),
        ("question", 5 + 2 * TOKENS_PER_IMAGE),
    ]


def test_pictures_are_shown_to_models_that_see_and_named_to_the_others() -> None:
    picture = Picture(uuid4(), 10)
    earlier = [replace(entry, pictures=(picture,)) for entry in branch("look")]
    for model, shown in ((SEEING, 1), (MODEL, 0)):
        asked = replace(frame(5_000, above=1), model=model)
        planned = plan(asked, earlier, Counter(model))
        images = {image_id: Image("image/png", b"x") for image_id in pictures_sent(asked, planned.choice)}
        sent = messages_of(asked, planned.choice, images)[1]
        assert len(sent.images) == shown
        assert sent.content == ("look" if shown else f"look\n\n{IMAGE_NOT_SHOWN}")


def test_the_newest_pictures_are_sent_until_a_request_is_full() -> None:
    heavy = MAX_SENT_IMAGE_BYTES // 2
    entries = [replace(entry, pictures=(Picture(uuid4(), heavy),)) for entry in branch("one", "two", "three")]
    asked = replace(frame(9_000, above=3), model=SEEING)
    planned = plan(asked, entries, Counter(SEEING))
    assert pictures_sent(asked, planned.choice) == {entries[0].pictures[0].id, entries[1].pictures[0].id}


@pytest.mark.parametrize(
    ("parameters", "most_output", "policy", "budget"),
    [
        (Parameters(), None, None, 6_000),
        (Parameters(), 1_000, None, 7_000),
        (Parameters(max_output_tokens=500), None, None, 7_500),
        (Parameters(max_output_tokens=5_000), 1_000, None, 7_000),
        (Parameters(max_output_tokens=9_000), None, None, 0),
        (Parameters(), None, 300, 300),
        (Parameters(), None, 100_000, 6_000),
    ],
)
def test_the_answer_keeps_its_share_of_the_window(
    parameters: Parameters, most_output: int | None, policy: int | None, budget: int
) -> None:
    model = replace(MODEL, max_output_tokens=most_output)
    assert context_budget(model, parameters, policy_tokens=policy) == budget


def test_a_question_is_refused_only_when_it_can_never_fit() -> None:
    small = replace(MODEL, context_window=140)
    ensure_question_fits("be brief", "a " * 50, model=MODEL, parameters=Parameters())
    ensure_question_fits("", "word " * 90, model=small, parameters=Parameters())
    with pytest.raises(QuestionTooLong) as refused:
        ensure_question_fits("", "word " * 100, model=small, parameters=Parameters())
    assert refused.value.facts == {"tokens": 108, "budget": 105}
    tool = OfferedTool("calculator", "Calculates, and that takes some words. " * 10, {})
    several: list[dict[str, Any]] = [
        {"images": 1},
        {"tools": (tool,)},
        {"continued": "word " * 80},
        {"policy_tokens": 50},
    ]
    for more in several:
        with pytest.raises(QuestionTooLong):
            ensure_question_fits("", "word " * 50, model=small, parameters=Parameters(), **more)


def test_a_transcript_takes_what_there_is_room_for_and_at_least_one_message() -> None:
    lines = [Line("user", "one two three"), Line("assistant", "four five"), Line("user", "word " * 100)]
    text, told = transcript("so far", lines, room=20, count=MODEL.count)
    assert told == 2
    assert text.startswith("Summary so far:\n\nso far\n\n---\n\nUser:\n\none two three")
    text, told = transcript(None, lines[2:], room=20, count=MODEL.count)
    assert (told, text.endswith(CUT)) == (1, True)
    assert MODEL.count(text) <= 20
