"""The sources that are counted: a consumer for each, and how current they make the numbers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import httpx2

from analytics_service.ingestion.inbox import OWN_SOURCE, DatabaseInbox
from analytics_service.ingestion.metrics import CONSUMER_LAG
from analytics_service.settings import AnalyticsSettings
from service_kit.events.bus import Bus
from service_kit.events.consumer import Consumer, HttpSource

# A source is asked every second; after this long without an answer the numbers are not called live.
SILENT_AFTER = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Freshness:
    """How current the numbers are."""

    as_of: datetime | None
    is_live: bool


def consumers_for(
    settings: AnalyticsSettings, inbox: DatabaseInbox, bus: Bus, *, client: httpx2.AsyncClient
) -> list[Consumer]:
    """Return a consumer for each service that tells events."""
    token = settings.internal_api_token.get_secret_value()
    consumers = []
    for name, url in (("auth-service", settings.auth_url), ("chat-service", settings.chat_url)):
        source = HttpSource(name, url, reader=OWN_SOURCE, token=token, client=client)
        consumer = Consumer(source, inbox, bus)
        CONSUMER_LAG.labels(name).set_function(partial(getattr, consumer, "lag"))
        consumers.append(consumer)
    return consumers


def freshness_of(consumers: list[Consumer], *, now: datetime) -> Freshness:
    """Tell how current the numbers are: as current as the source that answered longest ago."""
    answers = [consumer.answered_at for consumer in consumers if consumer.answered_at is not None]
    if len(answers) < len(consumers):
        return Freshness(None, is_live=False)
    as_of = min(answers)
    is_caught_up = all(consumer.is_caught_up for consumer in consumers)
    return Freshness(as_of, is_live=is_caught_up and now - as_of < SILENT_AFTER)
