"""What a call costs, in millionths of a US dollar, from the public price table that ships with a package."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

from chat_service.providers.port import Usage

MICROS = Decimal(1_000_000)
UNPRICED = "unpriced"


@dataclass(frozen=True, slots=True)
class Cost:
    """The price of one call and the table it was looked up in."""

    micro_usd: int
    price_version: str


def cost_of(usage: Usage, *, provider: str, model: str, at: datetime) -> Cost:
    """Return what a call cost; a model without a public price costs 0 and says `unpriced`."""
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
            provider_id="openai" if provider == "openai" else None,
            genai_request_timestamp=at,
        )
    except (LookupError, ValueError):
        return Cost(0, UNPRICED)
    micro_usd = int((price.total_price * MICROS).to_integral_value(ROUND_HALF_EVEN))
    return Cost(micro_usd, f"genai-prices {__version__}")
