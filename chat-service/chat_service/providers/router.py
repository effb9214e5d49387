"""The route of the catalogue."""

from fastapi import APIRouter
from pydantic import BaseModel

from chat_service.parts import CatalogPart
from service_kit.auth import CurrentPrincipal
from service_kit.json_body import StrictRoute


class ModelView(BaseModel):
    """A model one can ask; `context_window` counts tokens."""

    id: str
    name: str
    provider: str
    context_window: int
    is_default: bool
    is_demo: bool


class ModelList(BaseModel):
    """The models on offer, the default first."""

    items: list[ModelView]


router = APIRouter(route_class=StrictRoute, tags=["models"])


@router.get("/models")
async def list_models(caller: CurrentPrincipal, catalog: CatalogPart) -> ModelList:
    """List the models on offer."""
    return ModelList(
        items=[
            ModelView(
                id=model.name,
                name="Demo model" if model.is_demo else model.name,
                provider=model.provider.name,
                context_window=model.context_window,
                is_default=model is catalog.default,
                is_demo=model.is_demo,
            )
            for model in catalog.models
        ]
    )
