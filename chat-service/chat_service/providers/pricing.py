"""What a call costs, in millionths of a US dollar: by the catalogue's dated prices, else by a published table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal

from chat_service.providers.kinds import KINDS
from chat_service.providers.port import Usage

MICROS = Decimal(1_000_000)
TOKENS_PER_PRICE = Decimal(1_000_000)
UNPRICED = "unpriced"
# Prices are told for a million tokens, but looked up for fewer: large calls may have a price of their own.
LOOKED_UP_TOKENS = 10_000
# Kinds by name, and everything else without a table: a model at some server is looked for among all providers.
TABLES = {kind: facts.price_table for kind, facts in KINDS.items()}
LOCAL_KINDS = frozenset(kind for kind, facts in KINDS.items() if facts.is_local)


@dataclass(frozen=True, slots=True)
class Cost:
    """The price of one call and the table it was looked up in."""

    micro_usd: int
    price_version: str


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens cost, in millionths of a dollar; `version` names the table."""

    input: int
    cached_input: int
    output: int
    version: str


@dataclass(frozen=True, slots=True)
class DatedPrice:
    """A price of the catalogue, from midnight UTC of its first day on."""

    valid_from: date
    input: int
    cached_input: int
    output: int

    @property
    def version(self) -> str:
        """How costs name this price."""
        return f"catalogue {self.valid_from.isoformat()}"


def dated_price_at(prices: Sequence[DatedPrice], at: datetime) -> DatedPrice | None:
    """Return the price of the catalogue at a moment, or None before the first."""
    day = at.astimezone(UTC).date()
    begun = [price for price in prices if price.valid_from <= day]
    return max(begun, key=lambda price: price.valid_from) if begun else None


def cost_at(price: DatedPrice, usage: Usage) -> Cost:
    """Return what a call cost by a price of the catalogue."""
    cached = min(usage.cached_tokens, usage.input_tokens)
    micros = (usage.input_tokens - cached) * price.input + cached * price.cached_input
    micros += usage.output_tokens * price.output
    rounded = (Decimal(micros) / TOKENS_PER_PRICE).to_integral_value(ROUND_HALF_EVEN)
    return Cost(int(rounded), price.version)


def cost_of(usage: Usage, *, provider: str, model: str, at: datetime) -> Cost:
    """Return what a call cost by the published table; `provider` is its kind.

    A model without a public price costs 0 and says `unpriced`, and so does one on a machine of one's own.
    """
    if provider in LOCAL_KINDS:
        return Cost(0, UNPRICED)
    # The table takes most of a second to load; only a process that prices something pays for it.
    from genai_prices import Usage as PricedUsage
    from genai_prices import __version__, calc_price

    try:
        price = calc_price(
            PricedUsage(
                input_tokens=usage.input_tokens,
                cache_read_tokens=min(usage.cached_tokens, usage.input_tokens),
                output_tokens=usage.output_tokens,
            ),
            model_ref=model,
            provider_id=TABLES.get(provider),  # type: ignore[call-overload]  # Any name may be asked for.
            genai_request_timestamp=at,
        )
    except (LookupError, ValueError):
        return Cost(0, UNPRICED)
    micro_usd = int((price.total_price * MICROS).to_integral_value(ROUND_HALF_EVEN))
    return Cost(micro_usd, f"genai-prices {__version__}")


def published_price(*, provider: str, model: str, at: datetime) -> Price | None:
    """Return what a million tokens cost by the published table, or None for a model without a public price."""
    usages = (
        Usage(LOOKED_UP_TOKENS, 0),
        Usage(LOOKED_UP_TOKENS, 0, cached_tokens=LOOKED_UP_TOKENS),
        Usage(0, LOOKED_UP_TOKENS),
    )
    fresh, cached, output = (cost_of(usage, provider=provider, model=model, at=at) for usage in usages)
    if fresh.price_version == UNPRICED:
        return None
    times = int(TOKENS_PER_PRICE) // LOOKED_UP_TOKENS
    return Price(fresh.micro_usd * times, cached.micro_usd * times, output.micro_usd * times, fresh.price_version)
