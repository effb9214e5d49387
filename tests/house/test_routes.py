"""Who may call what: every route says it in code, and docs/security/routes.md tells the same story to people."""

from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from tests.house.product import apps
from tests.house.repository import rows, section, text_of

from service_kit.auth import ACCESS_RULES

PAPER = "docs/security/routes.md"

Route = tuple[str, str, str, str]


def routes_of(app: FastAPI) -> Iterator[Route]:
    for route in iter_route_contexts(app.routes):
        for method in sorted(route.methods or {"WEBSOCKET"}):
            yield app.title, method, str(route.path), " and ".join(rules_of(route))


def rules_of(route: RouteContext) -> list[str]:
    """The rules a route names itself; that a rule stands on another one is the rule's own business."""
    return [ACCESS_RULES[needed.call] for needed in route.dependant.dependencies if needed.call in ACCESS_RULES]


def all_routes() -> list[Route]:
    return [route for app in apps() for route in routes_of(app)]


def test_every_route_declares_exactly_one_access_rule() -> None:
    """A route without a rule is open by oversight, and one with two leaves it to the reader which of them holds."""
    undecided = [route for route in all_routes() if route[3] not in ACCESS_RULES.values()]
    assert undecided == []


def test_the_walk_finds_sockets_and_internal_routes() -> None:
    """The tests here are worth nothing if the framework hides some routes from the walk."""
    found = {(method, path) for _, method, path, _ in all_routes()}
    assert {("WEBSOCKET", "/ws/{conversation_id}"), ("GET", "/internal/v1/events"), ("GET", "/metrics")} <= found


def test_the_paper_lists_exactly_the_routes_that_exist() -> None:
    """Whoever judges what is exposed reads the paper, so it must not miss a route nor promise one that is gone."""
    told = [tuple(row) for row in rows(section(PAPER, "## Routes of the services"))]
    assert sorted(told) == sorted(all_routes())


def test_the_paper_counts_the_public_routes() -> None:
    """A new public route is a decision: it changes a number that somebody has to change by hand."""
    public = [route for route in all_routes() if route[3] == "anyone"]
    assert f"{len(public)} of these {len(all_routes())} routes are public" in " ".join(text_of(PAPER).split())
