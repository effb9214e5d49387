"""Sign-in routes. The refresh token travels in a cookie that no script can read and no other site can use."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from auth_service.client_address import client_address
from auth_service.sessions.schemas import AccessToken, CredentialsForm
from auth_service.sessions.service import SessionEnded, SessionService, SignedIn
from auth_service.settings import AuthSettings
from service_kit.auth import Public
from service_kit.clock import utc_now
from service_kit.contracts.tokens import LIFETIME_SECONDS
from service_kit.errors import response_for
from service_kit.json_body import StrictRoute
from service_kit.origins import CrossSiteRequestRefused, ensure_same_site

FORM_MAX_BYTES = 16_384
SECURE_COOKIE = "__Host-parley_refresh"
LOOPBACK_COOKIE = "parley_refresh"


def session_service(request: Request) -> SessionService:
    """Return the use cases of sessions."""
    service: SessionService = request.app.state.sessions
    return service


def auth_settings(request: Request) -> AuthSettings:
    """Return the settings."""
    settings: AuthSettings = request.app.state.settings
    return settings


Sessions = Annotated[SessionService, Depends(session_service)]
Settings = Annotated[AuthSettings, Depends(auth_settings)]

router = APIRouter(prefix="/auth", route_class=StrictRoute, tags=["sessions"])


@router.post("/token", dependencies=[Public], max_body_size=FORM_MAX_BYTES)
async def sign_in(
    form: CredentialsForm, request: Request, response: Response, sessions: Sessions, settings: Settings
) -> AccessToken:
    """Sign in with a username and a password (OAuth2 form)."""
    origin = request.headers.get("origin")
    if origin is not None and origin not in settings.allowed_origins:
        # Otherwise another site could sign a visitor in to an account of its own and read what is written there.
        raise CrossSiteRequestRefused
    signed_in = await sessions.sign_in(
        form.username,
        form.password,
        address=client_address(request, trusted=settings.trusted_networks),
        user_agent=_printable(request.headers.get("user-agent", "")),
        now=utc_now(),
    )
    return _answer(response, signed_in, settings)


@router.post("/refresh", dependencies=[Public], response_model=AccessToken)
async def refresh(
    request: Request, response: Response, sessions: Sessions, settings: Settings
) -> AccessToken | Response:
    """Exchange the cookie for a new one and a fresh access token."""
    ensure_same_site(request, settings.allowed_origins)
    try:
        signed_in = await sessions.refresh(request.cookies.get(_cookie_name(settings), ""), now=utc_now())
    except SessionEnded as error:
        ended = response_for(error)
        _clear_cookie(ended, settings)
        return ended
    return _answer(response, signed_in, settings)


@router.post("/logout", status_code=204, dependencies=[Public])
async def sign_out(request: Request, response: Response, sessions: Sessions, settings: Settings) -> None:
    """End the session of the cookie; without one there is nothing to do."""
    ensure_same_site(request, settings.allowed_origins)
    await sessions.sign_out(request.cookies.get(_cookie_name(settings), ""), now=utc_now())
    _clear_cookie(response, settings)


def _answer(response: Response, signed_in: SignedIn, settings: AuthSettings) -> AccessToken:
    _set_cookie(response, signed_in.refresh_token, settings, max_age_seconds=signed_in.keep_seconds)
    return AccessToken(access_token=signed_in.access_token, expires_in=LIFETIME_SECONDS)


def _cookie_name(settings: AuthSettings) -> str:
    return SECURE_COOKIE if settings.has_secure_cookies else LOOPBACK_COOKIE


def _set_cookie(response: Response, value: str, settings: AuthSettings, *, max_age_seconds: int) -> None:
    response.set_cookie(
        _cookie_name(settings),
        value,
        max_age=max_age_seconds,
        path="/",
        secure=settings.has_secure_cookies,
        httponly=True,
        samesite="strict",
    )


def _clear_cookie(response: Response, settings: AuthSettings) -> None:
    _set_cookie(response, "", settings, max_age_seconds=0)


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())
