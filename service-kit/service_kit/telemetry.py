"""Request telemetry: counted in the process into sketches, handed over once a second, never a write per request."""

import asyncio
import base64
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from ddsketch import DDSketch
from ddsketch.pb.proto import DDSketchProto
from sqlalchemy.exc import SQLAlchemyError

from service_kit.clock import new_id
from service_kit.contracts.events import RequestsCounted, RouteCount
from service_kit.logs import get_logger

FLUSH_SECONDS = 1.0
RELATIVE_ACCURACY = 0.01
MAX_ROUTES = 500
UNCOUNTED_ROUTES = frozenset({"/health", "/ready", "/metrics", "unmatched"})

log = get_logger(__name__)

RouteKey = tuple[UUID | None, str, str, int]
Handover = Callable[[RequestsCounted], Awaitable[None]]


@dataclass(slots=True)
class _RouteTally:
    requests: int = 0
    users: Counter[UUID] = field(default_factory=Counter)
    durations: DDSketch = field(default_factory=lambda: DDSketch(RELATIVE_ACCURACY))


def encode_sketch(sketch: DDSketch) -> bytes:
    """Encode a sketch as its protobuf, without the empty bins that the library keeps at both ends."""
    message = DDSketchProto.to_proto(sketch)  # type: ignore[no-untyped-call]  # The library has no types.
    store = sketch._store
    if store.bins:
        first = int(store.min_key)
        message.positiveValues.contiguousBinCounts[:] = store.bins[
            first - store.offset : store.max_key + 1 - store.offset
        ]
        message.positiveValues.contiguousBinIndexOffset = first
    encoded: bytes = message.SerializeToString()
    return encoded


class RequestTelemetry:
    """The tally of one service process. At most a second of it is lost when the process is killed."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._tallies: dict[RouteKey, _RouteTally] = {}

    def count(
        self, *, tenant_id: UUID | None, user_id: UUID | None, method: str, route: str, status: int, duration_ms: float
    ) -> None:
        """Count one answered request."""
        if route in UNCOUNTED_ROUTES or route.startswith("/internal/"):
            return
        key = (tenant_id, method, route, status)
        tally = self._tallies.get(key)
        if tally is None:
            if len(self._tallies) >= MAX_ROUTES:
                return
            tally = self._tallies[key] = _RouteTally()
        tally.requests += 1
        tally.durations.add(duration_ms)
        if user_id is not None:
            tally.users[user_id] += 1

    def take(self) -> RequestsCounted | None:
        """Return what was counted since the last time as one event, or None when nothing was."""
        if not self._tallies:
            return None
        tallies, self._tallies = self._tallies, {}
        routes = tuple(
            RouteCount(
                tenant_id=tenant_id,
                method=method,
                route=route,
                status=status,
                requests=tally.requests,
                users=dict(tally.users),
                durations=base64.b64encode(encode_sketch(tally.durations)).decode(),
            )
            for (tenant_id, method, route, status), tally in tallies.items()
        )
        return RequestsCounted(batch_id=new_id(), service=self._service, routes=routes)

    async def flush(self, hand_over: Handover) -> None:
        """Hand over what was counted; a failure costs this batch and says so."""
        counted = self.take()
        if counted is None:
            return
        try:
            await hand_over(counted)
        except (SQLAlchemyError, OSError) as error:
            log.warning("telemetry_dropped", error=type(error).__name__, routes=len(counted.routes))

    async def run(self, hand_over: Handover) -> None:
        """Hand over about once a second until cancelled."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self.flush(hand_over)
