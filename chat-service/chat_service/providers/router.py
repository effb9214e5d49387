"""The route of the catalogue."""

import asyncio
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from chat_service.parts import CatalogPart
from chat_service.providers.catalog import Capability, Catalog, ParameterName
from service_kit.auth import CurrentPrincipal
from service_kit.clock import utc_now
from service_kit.json_body import StrictRoute


class PriceView(BaseModel):
    """What a million tokens cost now, in millionths of a US dollar; `version` names the price list."""

    model_config = ConfigDict(from_attributes=True)

    input: int
    cached_input: int
    output: int
    version: str


class ModelView(BaseModel):
    """A model one can ask; `context_window` and `max_output_tokens` count tokens."""

    id: str = Field(description="What a question names to be answered by this model.")
    name: str = Field(description="What people read.")
    provider: str
    context_window: int
    max_output_tokens: int | None = Field(description="The longest answer that may be asked for; empty: not known.")
    capabilities: list[Capability]
    parameters: list[ParameterName] = Field(description="What a call may set.")
    prices: PriceView | None = Field(description="Empty for a model whose price nobody tells.")
    fallbacks: list[str] = Field(description="Asked in this order when this model fails before its first word.")
    is_available: bool = Field(description="False while the model is left alone because it keeps failing.")
    is_default: bool
    is_demo: bool


class ModelList(BaseModel):
    """The models on offer, the default first."""

    items: list[ModelView]


router = APIRouter(route_class=StrictRoute, tags=["models"])


@router.get("/models")
async def list_models(caller: CurrentPrincipal, catalog: CatalogPart) -> ModelList:
    """List the models on offer."""
    # The published price list takes most of a second to load, if the service has just started.
    return ModelList(items=await asyncio.to_thread(views_of, catalog, now=utc_now()))


def views_of(catalog: Catalog, *, now: datetime) -> list[ModelView]:
    """Return the models as people see them."""
    return [
        ModelView(
            id=model.name,
            name=model.label or model.name,
            provider=model.provider.name,
            context_window=model.context_window,
            max_output_tokens=model.max_output_tokens,
            capabilities=sorted(model.capabilities),
            parameters=sorted(model.parameters),
            prices=PriceView.model_validate(price) if (price := model.price(at=now)) else None,
            fallbacks=list(model.fallbacks),
            is_available=catalog.is_available(model),
            is_default=model is catalog.default,
            is_demo=model.is_demo,
        )
        for model in catalog.models
    ]
