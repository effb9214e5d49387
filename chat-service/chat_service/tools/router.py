"""The route of the tools."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from chat_service.tools.toolbox import Toolbox
from service_kit.auth import CurrentPrincipal
from service_kit.json_body import StrictRoute


class ToolView(BaseModel):
    """A tool that models may use while they answer."""

    name: str
    description: str
    source: str = Field(description="`built-in`, or the name of the server that runs it.")
    is_available: bool = Field(description="Whether it is offered to models now; a server may be away.")


class ToolList(BaseModel):
    """The tools that are known, the service's own first."""

    items: list[ToolView]


async def toolbox_of(request: Request) -> Toolbox:
    """The tools of this process."""
    toolbox: Toolbox = request.app.state.toolbox
    return toolbox


ToolboxPart = Annotated[Toolbox, Depends(toolbox_of)]

router = APIRouter(route_class=StrictRoute, tags=["tools"])


@router.get("/tools")
async def list_tools(caller: CurrentPrincipal, toolbox: ToolboxPart) -> ToolList:
    """List the tools that models may use."""
    return ToolList(
        items=[
            ToolView(
                name=listed.offered.name,
                description=listed.offered.description,
                source=listed.source,
                is_available=listed.is_available,
            )
            for listed in toolbox.listed()
        ]
    )
