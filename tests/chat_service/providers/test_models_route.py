"""The catalogue as people see it: what each model can do, costs, and whether it is being left alone."""

from __future__ import annotations

from datetime import UTC, date, datetime

from chat_service.providers.breaker import FAILURES
from chat_service.providers.catalog import Catalog, Model
from chat_service.providers.demo import MODEL, DemoModel
from chat_service.providers.pricing import DatedPrice
from chat_service.providers.router import PriceView, views_of
from chat_service.testing import ScriptedProvider

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def catalog() -> Catalog:
    provider = ScriptedProvider()
    big = Model(
        "big",
        provider,
        1_000,
        label="Big one",
        max_output_tokens=100,
        capabilities=frozenset({"tools", "images"}),
        parameters=frozenset({"top_p", "stop"}),
        fallbacks=("small",),
        prices=(DatedPrice(date(2026, 1, 1), 3, 1, 9), DatedPrice(date(2027, 1, 1), 4, 2, 10)),
    )
    return Catalog([big, Model("small", provider, 500), Model(MODEL, DemoModel(deltas_per_second=60), 100)])


def test_everything_one_chooses_a_model_by_is_told() -> None:
    big, small, _ = views_of(catalog(), now=NOW)
    assert (big.id, big.name, big.provider, big.context_window, big.max_output_tokens) == (
        "big",
        "Big one",
        "scripted",
        1_000,
        100,
    )
    assert (big.capabilities, big.parameters, big.fallbacks) == (["images", "tools"], ["stop", "top_p"], ["small"])
    assert big.prices == PriceView(input=3, cached_input=1, output=9, version="catalogue 2026-01-01")
    assert (big.is_default, small.is_default, small.name, small.prices) == (True, False, "small", None)


def test_a_model_that_keeps_failing_is_shown_as_away() -> None:
    offered = catalog()
    for _ in range(FAILURES):
        offered.breaker.failed(offered.default.key)
    assert [view.is_available for view in views_of(offered, now=NOW)] == [False, True, True]


def test_looking_at_the_list_takes_nobody_s_turn() -> None:
    offered = catalog()
    views_of(offered, now=NOW)
    assert offered.breaker.admits(offered.default.key)
