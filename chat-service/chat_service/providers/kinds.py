"""The kinds of providers: where each is to be found, what it asks for, and in which dialect."""

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

Kind = Literal[
    "openai", "azure", "anthropic", "gemini", "ollama", "vllm", "llamacpp", "perplexity", "openai-compatible"
]

FIRST_DELTA_SECONDS = 120.0
# A local server may have to load a model of many gigabytes before its first word.
LOCAL_FIRST_DELTA_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class KindFacts:
    """What all providers of a kind have in common; `price_table` is their name in the published prices."""

    base_url: str | None = None
    needs_key: bool = False
    is_local: bool = False
    price_table: str | None = None
    # OpenAI itself renamed the parameter; whoever imitates it knows the old name at least.
    output_limit: Literal["max_completion_tokens", "max_tokens"] = "max_tokens"
    # Signatures that came with the calls of tools have to be sent back with them, or the next round is refused.
    takes_signatures: bool = False

    @property
    def first_delta_seconds(self) -> float:
        """How long the first piece of an answer is waited for, unless the catalogue says otherwise."""
        return LOCAL_FIRST_DELTA_SECONDS if self.is_local else FIRST_DELTA_SECONDS


KINDS: Final[dict[Kind, KindFacts]] = {
    # The SDKs of these two know where they live.
    "openai": KindFacts(needs_key=True, price_table="openai", output_limit="max_completion_tokens"),
    "anthropic": KindFacts(needs_key=True, price_table="anthropic"),
    "azure": KindFacts(needs_key=True, price_table="azure", output_limit="max_completion_tokens"),
    "gemini": KindFacts(
        "https://generativelanguage.googleapis.com/v1beta/openai",
        needs_key=True,
        price_table="google",
        takes_signatures=True,
    ),
    "perplexity": KindFacts("https://api.perplexity.ai", needs_key=True, price_table="perplexity"),
    "ollama": KindFacts("http://127.0.0.1:11434/v1", is_local=True),
    "vllm": KindFacts("http://127.0.0.1:8000/v1", is_local=True),
    "llamacpp": KindFacts("http://127.0.0.1:8080/v1", is_local=True),
    "openai-compatible": KindFacts(takes_signatures=True),
}
NEEDS_ADDRESS: Final[frozenset[Kind]] = frozenset({"azure", "openai-compatible"})


def base_of_kind(kind: Kind, address: str) -> str:
    """Return the base address of a provider whose bare origin was named, as its own manual names it."""
    if urlsplit(address).path.strip("/"):
        return address
    if kind == "azure":
        return f"{address.rstrip('/')}/openai/v1"
    return f"{address.rstrip('/')}/v1" if KINDS[kind].is_local else address


def kind_at(address: str | None) -> Kind:
    """Return who answers at the address of OPENAI_BASE_URL: OpenAI and Azure may be named there as well."""
    try:
        host = (urlsplit(address).hostname or "") if address else "api.openai.com"
    except ValueError:
        host = ""
    if host == "api.openai.com":
        return "openai"
    return "azure" if host.endswith((".openai.azure.com", ".services.ai.azure.com")) else "openai-compatible"
