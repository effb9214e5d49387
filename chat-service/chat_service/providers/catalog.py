"""The catalogue: which models are offered, by whom, and how much context each can take."""

from collections.abc import Sequence
from dataclasses import dataclass

from chat_service.providers import demo
from chat_service.providers.demo import DemoModel
from chat_service.providers.openai_protocol import OpenAIProtocol
from chat_service.providers.port import Provider
from chat_service.providers.token_counter import estimate_tokens, token_counter
from chat_service.settings import ChatSettings
from service_kit.errors import ServiceError

DEMO_CONTEXT_WINDOW = 32_000


class ModelNotOffered(ServiceError):
    status, code = 400, "model_not_offered"
    detail = "This model is not in the catalogue."


@dataclass(frozen=True, slots=True)
class Model:
    """A model that can be asked; `context_window` counts tokens."""

    name: str
    provider: Provider
    context_window: int

    @property
    def is_demo(self) -> bool:
        """Whether this is the built-in demo model."""
        return self.provider.name == demo.NAME

    def count(self, text: str) -> int:
        """Return how many tokens a text has for this model, counted or estimated."""
        return estimate_tokens(text) if self.is_demo else token_counter()(text)


class Catalog:
    """The models on offer, the default first."""

    def __init__(self, models: Sequence[Model]) -> None:
        self.models = tuple(models)
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

    async def close(self) -> None:
        """Close every provider once."""
        for provider in {id(model.provider): model.provider for model in self.models}.values():
            await provider.close()


def catalog_for(settings: ChatSettings) -> Catalog:
    """Return the configured provider's models, or the demo model when there is none."""
    if not settings.has_provider:
        speaker = DemoModel(deltas_per_second=settings.demo_deltas_per_second)
        return Catalog([Model(demo.MODEL, speaker, DEMO_CONTEXT_WINDOW)])
    key = settings.openai_api_key
    provider = OpenAIProtocol(
        name="openai" if settings.openai_base_url is None else "openai-compatible",
        api_key=key.get_secret_value() if key else None,
        base_url=settings.openai_base_url,
    )
    return Catalog([Model(name, provider, settings.context_window) for name in settings.offered_models])
