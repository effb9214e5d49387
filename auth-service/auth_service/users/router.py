"""Account routes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from auth_service.client_address import client_address
from auth_service.users.schemas import PasswordChange, ProfileChange, Registration, User
from auth_service.users.service import UserService
from service_kit.auth import CurrentPrincipal, Public
from service_kit.clock import utc_now
from service_kit.json_body import StrictRoute

BODY_MAX_BYTES = 16_384


def user_service(request: Request) -> UserService:
    """Return the use cases of accounts."""
    service: UserService = request.app.state.users
    return service


Users = Annotated[UserService, Depends(user_service)]

router = APIRouter(prefix="/users", route_class=StrictRoute, tags=["users"])


@router.post("/", status_code=201, dependencies=[Public], max_body_size=BODY_MAX_BYTES)
async def register(wanted: Registration, request: Request, users: Users) -> User:
    """Create an account; signing in is the next step."""
    address = client_address(request, trusted=request.app.state.settings.trusted_networks)
    return User.of(await users.register(wanted, address=address, now=utc_now()))


@router.get("/me")
async def read_own_account(caller: CurrentPrincipal, users: Users) -> User:
    """Return the caller's account."""
    return User.of(await users.own_account(caller, now=utc_now()))


@router.patch("/me", max_body_size=BODY_MAX_BYTES)
async def change_own_profile(change: ProfileChange, caller: CurrentPrincipal, users: Users) -> User:
    """Change the caller's display name or e-mail address."""
    return User.of(await users.change_profile(caller, change, now=utc_now()))


@router.put("/me/password", status_code=204, max_body_size=BODY_MAX_BYTES)
async def change_own_password(change: PasswordChange, caller: CurrentPrincipal, users: Users) -> None:
    """Replace the caller's password and end the other sessions."""
    await users.change_password(caller, change, now=utc_now())
