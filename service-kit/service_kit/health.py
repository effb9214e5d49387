"""Health and readiness: does the process live, and could it serve a request now."""

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from service_kit.auth import Public
from service_kit.db import Database
from service_kit.errors import DatabaseUnavailable
from service_kit.json_body import StrictRoute


class Health(BaseModel):
    """A sign of life."""

    status: str = "ok"
    service: str


router = APIRouter(route_class=StrictRoute, tags=["operation"])


@router.get("/health", dependencies=[Public])
async def read_health(request: Request) -> Health:
    """Tell that the process lives."""
    return Health(service=request.app.state.service)


@router.get("/ready", dependencies=[Public])
async def read_readiness(request: Request) -> Health:
    """Tell whether requests can be served: the database answers."""
    database: Database = request.app.state.database
    try:
        await database.ping()
    except (SQLAlchemyError, OSError) as error:
        raise DatabaseUnavailable from error
    return Health(service=request.app.state.service)
