"""The circuit breaker: opens after failures in a row, lets one probe through, and never forgets to close."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from chat_service.providers.breaker import FAILURES, OPEN_SECONDS, WINDOW_SECONDS, CircuitBreaker

KEY = "openai/gpt-5-mini"


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def broken(clock: Clock) -> CircuitBreaker:
    breaker = CircuitBreaker(clock=clock)
    for _ in range(FAILURES):
        assert breaker.admits(KEY)
        breaker.failed(KEY)
    return breaker


def test_failures_in_a_row_open_it_and_one_less_does_not() -> None:
    breaker = CircuitBreaker(clock=Clock())
    for _ in range(FAILURES - 1):
        breaker.failed(KEY)
    assert breaker.admits(KEY)
    breaker.failed(KEY)
    assert not breaker.admits(KEY)


def test_a_success_between_failures_starts_the_count_anew() -> None:
    breaker = CircuitBreaker(clock=Clock())
    for _ in range(FAILURES * 3):
        breaker.failed(KEY)
        breaker.succeeded(KEY)
    assert breaker.admits(KEY)


def test_failures_far_apart_do_not_open_it() -> None:
    clock = Clock()
    breaker = CircuitBreaker(clock=clock)
    for _ in range(FAILURES * 3):
        breaker.failed(KEY)
        clock.now += WINDOW_SECONDS / (FAILURES - 1)
    assert breaker.admits(KEY)


def test_after_a_while_one_probe_is_let_through() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += OPEN_SECONDS - 0.001
    assert not breaker.admits(KEY)
    clock.now += 0.001
    assert [breaker.admits(KEY) for _ in range(5)] == [True, False, False, False, False]


def test_a_probe_that_succeeds_closes_it() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += OPEN_SECONDS
    assert breaker.admits(KEY)
    breaker.succeeded(KEY)
    assert [breaker.admits(KEY) for _ in range(3)] == [True, True, True]


def test_a_probe_that_fails_opens_it_for_as_long_again() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += OPEN_SECONDS
    assert breaker.admits(KEY)
    clock.now += 5
    breaker.failed(KEY)
    clock.now += OPEN_SECONDS - 1
    assert not breaker.admits(KEY)
    clock.now += 1
    assert breaker.admits(KEY)


def test_late_failures_of_earlier_calls_do_not_keep_it_open() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += OPEN_SECONDS - 1
    breaker.failed(KEY)
    clock.now += 1
    assert breaker.admits(KEY)


def test_a_probe_nobody_reports_on_does_not_keep_it_closed_for_ever() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += OPEN_SECONDS
    assert breaker.admits(KEY)
    clock.now += OPEN_SECONDS
    assert [breaker.admits(KEY), breaker.admits(KEY)] == [True, False]


def test_looking_does_not_take_the_probe() -> None:
    clock = Clock()
    breaker = broken(clock)
    assert not breaker.is_available(KEY)
    clock.now += OPEN_SECONDS
    assert breaker.is_available(KEY)
    assert breaker.is_available(KEY)
    assert breaker.admits(KEY)
    assert not breaker.is_available(KEY)


def test_models_are_judged_apart() -> None:
    breaker = broken(Clock())
    assert breaker.admits("openai/gpt-5")
    assert breaker.admits("azure/gpt-5-mini")


@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("wait"), st.floats(0, 100)),
            st.tuples(st.sampled_from(["ask", "succeed", "fail"]), st.just(0.0)),
        ),
        max_size=80,
    )
)
@settings(max_examples=300, deadline=None)
def test_whatever_happens_it_admits_no_storm_and_always_heals(steps: list[tuple[str, float]]) -> None:
    clock = Clock()
    breaker = CircuitBreaker(clock=clock)
    in_a_row = 0
    for what, seconds in steps:
        clock.now += seconds
        match what:
            case "ask":
                looked = breaker.is_available(KEY)
                assert breaker.admits(KEY) is looked, "looking tells what asking will"
                if in_a_row < FAILURES:
                    assert looked, "fewer failures never close the way"
            case "succeed":
                breaker.succeeded(KEY)
                in_a_row = 0
                assert breaker.is_available(KEY)
            case "fail":
                breaker.failed(KEY)
                in_a_row += 1
    if not breaker.is_available(KEY):
        clock.now += OPEN_SECONDS
        assert [breaker.admits(KEY), breaker.admits(KEY)] == [True, False], "one probe, and no second one"
        breaker.succeeded(KEY)
    assert breaker.admits(KEY)
