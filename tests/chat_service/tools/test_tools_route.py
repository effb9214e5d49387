"""`GET /tools`: what models may use, for whoever is signed in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
from fastapi import FastAPI
from tests.chat_service.tools.servers import HttpServer, address, program
from tests.service_kit.patience import until

from chat_service.settings import ChatSettings
from chat_service.tools import router
from chat_service.tools.calculator import Calculator
from chat_service.tools.mcp_server import McpServer
from chat_service.tools.toolbox import Toolbox
from service_kit.app import background, create_app
from service_kit.db import Database
from service_kit.testing import INTERNAL_TOKEN, ISSUER, Issuer, served
from service_kit.tokens import TokenVerifier


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    async with background(app.state.toolbox.supervise()):
        yield


def app_with(toolbox: Toolbox, issuer: Issuer, folder: Path) -> FastAPI:
    """A service that has this route alone."""
    app = create_app(
        service="chat-service",
        description="The tools.",
        settings=ChatSettings(internal_api_token=INTERNAL_TOKEN, _env_file=None),
        database=Database(f"sqlite+aiosqlite:///{folder / 'none.db'}"),
        routers=(router.router,),
        lifespan=_life,
    )
    app.state.verifier = TokenVerifier(issuer.keys, issuer=ISSUER)
    app.state.toolbox = toolbox
    return app


async def test_it_lists_every_tool_with_its_source_and_whether_it_can_be_used(tmp_path: Path) -> None:
    issuer = Issuer()
    there, away = McpServer(program(tools=frozenset({"echo"}))), McpServer(address(HttpServer().port))
    toolbox = Toolbox([Calculator()], [there, away])
    async with served(app_with(toolbox, issuer, tmp_path)) as url, httpx2.AsyncClient() as client:
        await until(lambda: there.is_available)
        answer = await client.get(f"{url}/tools", headers=issuer.bearer())
    assert answer.status_code == 200
    assert answer.json()["items"] == [
        {
            "name": "calculator",
            "description": Calculator.offered.description,
            "source": "built-in",
            "is_available": True,
        },
        {"name": "double__echo", "description": "Says what it is told.", "source": "double", "is_available": True},
    ]


async def test_a_stranger_learns_nothing(tmp_path: Path) -> None:
    async with served(app_with(Toolbox([Calculator()]), Issuer(), tmp_path)) as url, httpx2.AsyncClient() as client:
        answer = await client.get(f"{url}/tools")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
