"""The budget of retries: about one for ten calls, a few for a quiet service, and never a storm."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.chat_service.providers.test_breaker import Clock

from chat_service.providers.retry_budget import (
    FLOOR_PER_SECOND,
    RETRIES_PER_CALL,
    SAVED_AT_MOST,
    RetryBucket,
    RetryBudget,
)


def test_a_quiet_service_may_retry_at_once() -> None:
    assert RetryBucket(clock=Clock()).may_retry()


def test_when_everything_fails_one_call_in_ten_is_retried() -> None:
    bucket = RetryBucket(clock=Clock())
    retried = 0
    for _ in range(10_000):
        bucket.called()
        retried += bucket.may_retry()
    assert 1_000 <= retried <= 1_000 + SAVED_AT_MOST


def test_time_gives_a_few_back() -> None:
    clock = Clock()
    bucket = RetryBucket(clock=clock)
    while bucket.may_retry():
        pass
    clock.now += 1 / FLOOR_PER_SECOND
    assert [bucket.may_retry(), bucket.may_retry()] == [True, False]


def test_providers_have_budgets_of_their_own_that_last() -> None:
    budget = RetryBudget(clock=Clock())
    while budget.of("openai").may_retry():
        pass
    assert not budget.of("openai").may_retry()
    assert budget.of("anthropic").may_retry()


@given(steps=st.lists(st.one_of(st.just("call"), st.just("retry"), st.floats(0, 60)), max_size=200))
@settings(max_examples=200, deadline=None)
def test_retries_never_exceed_what_calls_and_time_have_earned(steps: list[str | float]) -> None:
    clock = Clock()
    bucket = RetryBucket(clock=clock)
    began, calls, retries = clock.now, 0, 0
    for step in steps:
        if isinstance(step, float | int):
            clock.now += step
        elif step == "call":
            bucket.called()
            calls += 1
        else:
            retries += bucket.may_retry()
        earned = SAVED_AT_MOST + calls * RETRIES_PER_CALL + (clock.now - began) * FLOOR_PER_SECOND
        assert retries <= earned + 1e-6
