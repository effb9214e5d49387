"""How many tokens a text has: counted offline for OpenAI's models, estimated from bytes where no ranks are at hand."""

from collections.abc import Callable
from functools import cache

BYTES_PER_TOKEN = 4
# What the protocol adds around each message.
TOKENS_PER_MESSAGE = 4


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

    def count(text: str) -> int:
        counted: int = encoder.count(text)
        return counted

    return count
