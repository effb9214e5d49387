"""The catalogue: which models are offered, by whom, and how much context each can take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from chat_service.providers import demo
from chat_service.providers.breaker import CircuitBreaker
from chat_service.providers.kinds import Kind
from chat_service.providers.port import Provider, Usage
from chat_service.providers.pricing import (
    UNPRICED,
    Cost,
    DatedPrice,
    Price,
    cost_at,
    cost_of,
    dated_price_at,
    published_price,
)
from chat_service.providers.token_counter import estimate_tokens, token_counter
from service_kit.errors import ServiceError


class ModelNotOffered(ServiceError):
    status, code = 400, "model_not_offered"
    detail = "This model is not in the catalogue."


Capability = Literal["images", "tools", "reasoning"]
ParameterName = Literal[
    "temperature",
    "top_p",
    "max_output_tokens",
    "presence_penalty",
    "frequency_penalty",
    "stop",
    "reasoning_effort",
]
PARAMETER_NAMES: Final[frozenset[ParameterName]] = frozenset(get_args(ParameterName))


@dataclass(frozen=True, slots=True)
class Model:
    """A model that can be asked; `context_window` and `max_output_tokens` count tokens.

    `name` is what people choose and reports show, `served_as` what the provider calls it. `fallbacks` are asked in this
    order when this one fails before its first word. Without `prices`, those of the published table are taken.
    """

    name: str
    provider: Provider
    context_window: int
    label: str = ""
    served_as: str = ""
    max_output_tokens: int | None = None
    capabilities: frozenset[Capability] = frozenset()
    parameters: frozenset[ParameterName] = PARAMETER_NAMES
    fallbacks: tuple[str, ...] = ()
    kind: Kind | None = None
    prices: tuple[DatedPrice, ...] = ()

    @property
    def is_demo(self) -> bool:
        """Whether this is the built-in demo model."""
        return self.provider.name == demo.NAME

    @property
    def provider_model(self) -> str:
        """What the provider calls this model."""
        return self.served_as or self.name

    @property
    def key(self) -> str:
        """This model at this provider, as circuit breakers know it."""
        return f"{self.provider.name}/{self.provider_model}"

    def count(self, text: str) -> int:
        """Return how many tokens a text has for this model, counted or estimated."""
        return estimate_tokens(text) if self.is_demo else token_counter()(text)

    def cost(self, usage: Usage, *, at: datetime) -> Cost:
        """Return what a call cost; the demo model is free."""
        if self.is_demo:
            return Cost(0, UNPRICED)
        price = dated_price_at(self.prices, at)
        if price is not None:
            return cost_at(price, usage)
        return cost_of(usage, provider=self.kind or self.provider.name, model=self.provider_model, at=at)

    def price(self, *, at: datetime) -> Price | None:
        """Return what a million tokens cost, or None where nobody says."""
        if self.is_demo:
            return None
        dated = dated_price_at(self.prices, at)
        if dated is not None:
            return Price(dated.input, dated.cached_input, dated.output, dated.version)
        return published_price(provider=self.kind or self.provider.name, model=self.provider_model, at=at)


class Catalog:
    """The models on offer, the default first, and what is known of their failures."""

    def __init__(self, models: Sequence[Model]) -> None:
        self.models = tuple(models)
        self.breaker = CircuitBreaker()
        self._by_name = {model.name: model for model in models}

    @property
    def default(self) -> Model:
        """The model that answers when none is asked for."""
        return self.models[0]

    def find(self, name: str | None) -> Model:
        """Return the model of this name, or the default without one; raises ModelNotOffered."""
        if name is None:
            return self.default
        model = self._by_name.get(name)
        if model is None:
            raise ModelNotOffered
        return model

    def find_or_default(self, name: str | None) -> Model:
        """Return the model of this name, or the default when it is no longer offered."""
        return self._by_name.get(name or "", self.default)

    def is_available(self, model: Model) -> bool:
        """Tell whether a model is not being left alone because it keeps failing."""
        return self.breaker.is_available(model.key)

    async def close(self) -> None:
        """Close every provider once."""
        for provider in {id(model.provider): model.provider for model in self.models}.values():
            await provider.close()
