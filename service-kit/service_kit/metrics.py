"""Metrics of a service in the Prometheus text format, with bounded label sets."""

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from starlette.responses import Response

from service_kit.auth import Public
from service_kit.json_body import StrictRoute

REQUESTS = Counter("parley_requests_total", "Requests answered.", ["service", "method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "parley_request_seconds",
    "Time until a request was answered completely; streams count until their end.",
    ["service", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
OPEN_REQUESTS = Gauge("parley_open_requests", "Requests and sockets being served now.", ["service"])

router = APIRouter(route_class=StrictRoute, include_in_schema=False)


@router.get("/metrics", dependencies=[Public])
async def read_metrics() -> Response:
    """Expose this process's metrics; the gateway does not pass this route on."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
