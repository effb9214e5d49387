"""Events as services tell them, in order, for tests that count them."""

import base64
import random
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ddsketch import DDSketch

from service_kit.clock import new_id
from service_kit.contracts.events import (
    ConversationCreated,
    Envelope,
    Event,
    Purpose,
    RequestsCounted,
    RouteCount,
    Transport,
    TurnFinished,
    TurnStarted,
    UserRegistered,
)
from service_kit.events.consumer import Position
from service_kit.telemetry import RELATIVE_ACCURACY, encode_sketch

EPOCH = "epoch-one"
CHAT = "chat-service"
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NEVER = Position(None, 0)


def started(tenant_id: UUID, user_id: UUID, **changes: Any) -> TurnStarted:
    """A question was asked."""
    facts: dict[str, Any] = {
        "tenant_id": tenant_id,
        "user_id": user_id,
        "conversation_id": new_id(),
        "turn_id": new_id(),
        "purpose": Purpose.REPLY,
        "provider": "openai",
        "model": "gpt-5-mini",
        "transport": Transport.SSE,
    }
    return TurnStarted(**facts | changes)


def finished(question: TurnStarted, **changes: Any) -> TurnFinished:
    """Its turn ended."""
    facts: dict[str, Any] = question.model_dump() | {
        "outcome": "finished",
        "input_tokens": 100,
        "output_tokens": 20,
        "cached_tokens": 10,
        "usage_source": "provider",
        "cost_micro_usd": 1_500,
        "price_version": "2026-11-01",
        "time_to_first_token_ms": 200,
        "duration_ms": 1_000,
    }
    return TurnFinished(**facts | changes)


def registered(tenant_id: UUID, user_id: UUID | None = None) -> UserRegistered:
    """An account was created."""
    return UserRegistered(tenant_id=tenant_id, user_id=user_id or new_id(), role="user")


def conversation(tenant_id: UUID, user_id: UUID) -> ConversationCreated:
    """A conversation was started."""
    return ConversationCreated(tenant_id=tenant_id, user_id=user_id, conversation_id=new_id())


def counted(
    tenant_id: UUID | None,
    durations: list[float],
    *,
    service: str = CHAT,
    route: str = "/conversations",
    status: int = 200,
) -> RequestsCounted:
    """Requests to one route were answered."""
    sketch = DDSketch(RELATIVE_ACCURACY)
    for duration in durations:
        sketch.add(duration)
    count = RouteCount(
        tenant_id=tenant_id,
        method="GET",
        route=route,
        status=status,
        requests=len(durations),
        durations=base64.b64encode(encode_sketch(sketch)).decode(),
    )
    return RequestsCounted(batch_id=new_id(), service=service, routes=(count,))


def envelopes(*events: Event, at: datetime = NOON, after: int = 0, source: str = CHAT) -> list[Envelope]:
    """Stamp events like a relay does."""
    return [
        envelope(event, sequence=after + place, at=at, source=source) for place, event in enumerate(events, start=1)
    ]


def envelope(event: Event, *, sequence: int, at: datetime = NOON, source: str = CHAT) -> Envelope:
    """Put an event into its envelope."""
    return Envelope(
        id=event.event_id,
        source=source,
        type=event.type,
        time=at,
        sequence=sequence,
        data=event.model_dump(mode="json"),
    )


def random_turns(dice: random.Random, *, tenants: list[UUID], users: list[UUID], count: int) -> list[Event]:
    """Questions and the ends of their turns, all different."""
    events: list[Event] = []
    for _ in range(count):
        question = started(
            dice.choice(tenants),
            dice.choice(users),
            provider=dice.choice(["openai", "demo"]),
            model=dice.choice(["large", "small"]),
            transport=dice.choice(list(Transport)),
        )
        end = finished(
            question,
            outcome=dice.choice(["finished", "finished", "stopped", "failed", "interrupted"]),
            input_tokens=dice.randrange(5_000),
            output_tokens=dice.randrange(2_000),
            cached_tokens=dice.randrange(100),
            usage_source=dice.choice(["provider", "estimated"]),
            cost_micro_usd=dice.randrange(100_000),
            time_to_first_token_ms=dice.choice([None, dice.randrange(3_000)]),
            duration_ms=int(dice.lognormvariate(7, 1)),
        )
        events += [question, end]
    return events
