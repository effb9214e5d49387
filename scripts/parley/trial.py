"""The test command: provide what the tests need, run the suites, and say in a table how they went."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from parley import chromium, environment, page, postgres, say, settings, suites
from parley.settings import Settings
from parley.suites import Suite
from parley.verdicts import Verdict, judge

# Of the suites that start the whole product, these open a browser.
BROWSER_SUITES = frozenset({"browser", "e2e", "security"})
SUITES_AT_ONCE = 2
FAILED = 1


def run_tests(asked_for: Sequence[str], arguments: Sequence[str]) -> int:
    """Run the chosen suites, or all of them; further arguments go to pytest."""
    begun_at = time.monotonic()
    current = settings.read()
    names = suites.chosen(current, asked_for)
    environment.ensure(current, environment.DEVELOPMENT)
    tools = page.ensure_packages(current)
    with _surroundings(current, names) as env:
        chosen = [suites.of(current, name, tools=tools, env=env, arguments=arguments) for name in names]
        with ThreadPoolExecutor(SUITES_AT_ONCE) as several:
            verdicts = list(several.map(_try, (suite for suite in chosen if not suite.needs_the_machine)))
        heavy = [suite for suite in chosen if suite.needs_the_machine]
        if heavy:
            # Only now, because the page's own suite builds it too.
            page.ensure(current)
        verdicts += [_try(suite) for suite in heavy]
    return _conclude(verdicts, seconds=time.monotonic() - begun_at)


@contextlib.contextmanager
def _surroundings(current: Settings, names: Sequence[str]) -> Iterator[dict[str, str]]:
    """The environment of the tests: where the database and the browser are that they may use."""
    env: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        if set(names) - {suites.CHECKS, suites.PAGE}:
            env[postgres.VARIABLE] = stack.enter_context(postgres.provided(current))
        if BROWSER_SUITES.intersection(names):
            env[chromium.VARIABLE] = chromium.find_or_install(current)
        yield env


def _try(suite: Suite) -> Verdict:
    verdict = judge(suite)
    if verdict.is_passed:
        say.line(f"{verdict.name}: {verdict.summary} ({verdict.seconds:.0f} s)")
    else:
        say.line(f"{verdict.output}\n{verdict.name}: FAILED, {verdict.summary}")
    return verdict


def _conclude(verdicts: Sequence[Verdict], *, seconds: float) -> int:
    failed = [verdict.name for verdict in verdicts if not verdict.is_passed]
    say.line()
    say.line(f"{'suite':<20} {'result':<8} {'seconds':>7}  what ran")
    for verdict in verdicts:
        result = "passed" if verdict.is_passed else "FAILED"
        say.line(f"{verdict.name:<20} {result:<8} {verdict.seconds:>7.1f}  {verdict.summary}")
    say.line()
    if failed:
        say.line(f"FAILED after {seconds:.0f} s: {', '.join(failed)}")
        return FAILED
    say.line(f"All {len(verdicts)} suites passed in {seconds:.0f} s.")
    return 0
