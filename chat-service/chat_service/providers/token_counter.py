"""How many tokens a text has: counted offline for OpenAI's models, estimated from bytes where no ranks are at hand."""

from collections.abc import Callable
from functools import cache

BYTES_PER_TOKEN = 4
# What the protocol adds around each message.
TOKENS_PER_MESSAGE = 4
# A million characters take a tenth of a second, in which nothing else of the process moves, in no thread either.
COUNTED_CHARS = 200_000
SLICES = 8


def estimate_tokens(text: str) -> int:
    """Estimate without a tokenizer: about four bytes of UTF-8 a token."""
    return -(-len(text.encode()) // BYTES_PER_TOKEN)


@cache
def token_counter() -> Callable[[str], int]:
    """Return the best counter of this machine; loading the ranks costs 0.1 s and 90 MB, so only real providers ask."""
    try:
        from rs_bpe.bpe import openai
    except ImportError:
        return estimate_tokens
    encoder = openai.o200k_base()
    return lambda text: count_within(COUNTED_CHARS, text, encoder.count)


def count_within(limit: int, text: str, count: Callable[[str], int]) -> int:
    """Count a text, or evenly spread slices of one that is longer than the limit and speak for the whole."""
    if len(text) <= limit:
        return count(text)
    size, step = limit // SLICES, len(text) // SLICES
    counted = sum(count(text[start : start + size]) for start in range(0, step * SLICES, step))
    return -(-counted * len(text) // (size * SLICES))
