"""Prices: millionths of a dollar from the public table, and an honest nothing for what it does not know."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from chat_service.providers.port import Usage
from chat_service.providers.pricing import (
    UNPRICED,
    Cost,
    DatedPrice,
    cost_at,
    cost_of,
    dated_price_at,
    published_price,
)

AT = datetime(2026, 1, 15, tzinfo=UTC)


def micro_usd(usage: Usage, *, model: str = "gpt-4o", provider: str = "openai") -> int:
    return cost_of(usage, provider=provider, model=model, at=AT).micro_usd


def test_a_known_model_costs_what_its_provider_publishes() -> None:
    """gpt-4o: 2.50 dollars a million input tokens, 1.25 of cached ones, 10 of output."""
    assert micro_usd(Usage(input_tokens=1_000, output_tokens=500)) == 2_500 + 5_000
    assert micro_usd(Usage(input_tokens=1_000, output_tokens=500, cached_tokens=200)) == 2_000 + 250 + 5_000


def test_the_price_names_the_table_it_comes_from() -> None:
    cost = cost_of(Usage(1, 1), provider="openai", model="gpt-4o", at=AT)
    assert cost.price_version.startswith("genai-prices ")


def test_millions_of_tokens_are_exact() -> None:
    assert micro_usd(Usage(2_000_000_000, 2_000_000_000)) == 2_000 * 12_500_000


def test_nothing_costs_nothing_but_has_a_price() -> None:
    cost = cost_of(Usage(0, 0), provider="openai", model="gpt-4o", at=AT)
    assert (cost.micro_usd, cost.price_version == UNPRICED) == (0, False)


def test_more_cached_than_asked_is_all_cached() -> None:
    assert micro_usd(Usage(1_000, 0, cached_tokens=5_000)) == 1_250


@pytest.mark.parametrize("provider", ["openai", "openai-compatible"])
@pytest.mark.parametrize("model", ["my-own-model", "", "a" * 500, "модель"])
def test_a_model_without_a_public_price_is_unpriced(provider: str, model: str) -> None:
    assert cost_of(Usage(1_000, 1_000), provider=provider, model=model, at=AT) == Cost(0, UNPRICED)


@pytest.mark.parametrize(
    ("kind", "model", "usd"),
    [("azure", "gpt-4o", 2.5), ("anthropic", "claude-sonnet-4-5", 3.0), ("gemini", "gemini-2.5-flash", 0.3)],
)
def test_every_kind_has_its_own_table(kind: str, model: str, usd: float) -> None:
    price = published_price(provider=kind, model=model, at=AT)
    assert price is not None
    assert price.input == usd * 1_000_000


def test_a_model_on_one_s_own_machine_has_no_price_although_others_sell_it() -> None:
    assert cost_of(Usage(1_000, 1_000), provider="ollama", model="gpt-4o", at=AT) == Cost(0, UNPRICED)
    assert published_price(provider="vllm", model="gpt-4o", at=AT) is None


def test_dated_prices_begin_on_their_day_in_any_order() -> None:
    prices = (DatedPrice(date(2026, 7, 1), 2, 2, 2), DatedPrice(date(2026, 1, 1), 1, 1, 1))
    in_june = datetime(2026, 7, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    assert dated_price_at(prices, in_june) == prices[1]
    assert dated_price_at(prices, datetime(2026, 7, 1, tzinfo=UTC)) == prices[0]
    assert dated_price_at(prices, datetime(2025, 12, 31, tzinfo=UTC)) is None


def test_halves_of_a_millionth_are_rounded_to_even() -> None:
    price = DatedPrice(date(2026, 1, 1), 500_000, 500_000, 500_000)
    assert [cost_at(price, Usage(tokens, 0)).micro_usd for tokens in (1, 2, 3, 5)] == [0, 1, 2, 2]
