"""Who is calling: the principal of a request, and how a route declares who may call it."""

import hmac
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from service_kit.contracts.tokens import AccessClaims, Role
from service_kit.errors import Forbidden, NotAuthenticated
from service_kit.tokens import TokenVerifier


@dataclass(frozen=True, slots=True)
class Scope:
    """What a repository may see: one tenant, and inside it one user's own things."""

    tenant_id: UUID
    user_id: UUID


@dataclass(frozen=True, slots=True)
class Principal:
    """The authenticated caller."""

    user_id: UUID
    tenant_id: UUID
    session_id: UUID
    roles: frozenset[Role]
    name: str
    expires_at: int

    @property
    def scope(self) -> Scope:
        """The caller's own things."""
        return Scope(self.tenant_id, self.user_id)

    @classmethod
    def from_claims(cls, claims: AccessClaims) -> "Principal":
        """Build the principal of verified claims."""
        return cls(claims.sub, claims.tid, claims.sid, frozenset(claims.roles), claims.name, claims.exp)


# Documents the scheme in OpenAPI; the token itself is read below, so that every refusal is a problem.
bearer_scheme = HTTPBearer(auto_error=False, description="An access token of auth-service.")


def bearer_of(request: Request) -> str:
    """Return the bearer credential of a request, or raise NotAuthenticated."""
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not credential.strip():
        raise NotAuthenticated
    return credential.strip()


async def current_principal(request: Request) -> Principal:
    """Authenticate the caller of this request."""
    verifier: TokenVerifier = request.app.state.verifier
    principal = Principal.from_claims(await verifier.verify(bearer_of(request)))
    request.state.principal = principal
    return principal


async def reporting_principal(caller: Annotated[Principal, Depends(current_principal)]) -> Principal:
    """Let managers and administrators pass: those who may read the tenant's usage."""
    if caller.roles.isdisjoint({Role.MANAGER, Role.ADMIN}):
        raise Forbidden
    return caller


async def internal_caller(request: Request) -> None:
    """Let only the other services pass: they show the shared internal token."""
    expected: str = request.app.state.settings.internal_api_token.get_secret_value()
    if not hmac.compare_digest(bearer_of(request).encode(), expected.encode()):
        raise NotAuthenticated


async def anyone() -> None:
    """Declare that a route is public."""


Public = Depends(anyone)
Internal = Depends(internal_caller)
CurrentPrincipal = Annotated[Principal, Depends(current_principal)]
ReportingPrincipal = Annotated[Principal, Depends(reporting_principal)]

# Every route depends on exactly one of these; a house test compares them with docs/security/routes.md.
ACCESS_RULES = {
    anyone: "anyone",
    current_principal: "signed in",
    reporting_principal: "manager or admin",
    internal_caller: "service",
}
