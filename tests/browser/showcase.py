"""A team that has used the product for a month: conversations worth a look, quiet nights and busy days."""

from __future__ import annotations

import math
import random
from datetime import datetime, timedelta
from uuid import UUID

from tests.analytics_service.story import conversation, finished, registered, started
from tests.doubles.openai_script import Step, completion
from tests.doubles.openai_server import Call
from tests.system.people import Person
from tests.system.system import System

from auth_service.models import outbox as auth_outbox
from chat_service.models import Conversation
from chat_service.models import outbox as chat_outbox
from service_kit.clock import new_id, utc_now
from service_kit.db import Database

# What the system of the pictures calls its scripted model's provider.
PROVIDER = "openai-compatible"
MODELS = ("gpt-5-mini", "gpt-5", "llama-4-scout")
SHARES = (70, 20, 10)
PRICES = {"gpt-5-mini": 2, "gpt-5": 11, "llama-4-scout": 0}
COLLEAGUES = 27
DAYS = 30
TURNS_AT_NOON = 14
# The pictures are taken in the afternoon: at any time it is this hour somewhere on earth.
HOUR_OF_THE_PICTURES = 14
SEED = 2_026

QUESTION = "Should we keep SQLite or move our little booking app to PostgreSQL? A table and a recommendation, please."
ANSWER = """For a small team the honest answer is usually **keep SQLite until it hurts**. It starts to hurt here:

| | SQLite | PostgreSQL |
|---|---|---|
| Set-up | none, one file | a server to run and to upgrade |
| Writers at once | one | many |
| Backups | copy a file | `pg_dump`, point-in-time recovery |
| Good until about | 100 writes a second | far beyond that |

Your bookings come in bursts on Monday mornings, so look at that hour before you decide:

```python
from collections import Counter
from datetime import datetime


def busiest_minute(bookings: list[datetime]) -> tuple[datetime, int]:
    \"\"\"The minute with the most bookings, and how many there were.\"\"\"
    minutes = Counter(each.replace(second=0) for each in bookings)
    return minutes.most_common(1)[0]
```

**My recommendation**

1. Stay on SQLite with WAL switched on.
2. Measure `busiest_minute` once a month.
3. Move when it passes *600 bookings a minute*; it is an afternoon of work.
"""
EARLIER = (
    ("Weekly report, friendlier", 0),
    ("Regex for German phone numbers", 0),
    ("Plan the offsite in Lisbon", 1),
    ("Explain vector clocks simply", 1),
    ("Interview questions for a data engineer", 3),
    ("Why is my CSS grid overflowing?", 4),
    ("Translate the release notes", 6),
    ("Names for the new meeting room", 12),
    ("Summarise the GDPR audit", 19),
)


def time_zone() -> str:
    """Where it is afternoon now. The signs of these names are the wrong way round, as POSIX has it."""
    ahead = _hours_ahead()
    return f"Etc/GMT{'-' if ahead >= 0 else '+'}{abs(ahead)}"


def _hours_ahead() -> int:
    return HOUR_OF_THE_PICTURES - utc_now().hour


def author(call: Call) -> tuple[Step, ...]:
    """What the model says to everything."""
    return completion(*ANSWER.splitlines(keepends=True))


async def fill_sidebar(system: System, person: Person) -> None:
    """Conversations of the last weeks."""
    database = system.chat_database
    for title, days_ago in reversed(EARLIER):
        made = await person.start()
        await person.request("PATCH", f"/chat/conversations/{made}", json={"title": title})
        when = utc_now() - timedelta(days=days_ago, minutes=20)
        async with database.write() as session:
            row = await session.get_one(Conversation, UUID(made))
            row.active_at = row.last_message_at = when
    await database.close()


async def tell_usage(system: System, tenant_id: UUID) -> None:
    """What a team would have used in the last month, told as the services tell it."""
    dice = random.Random(SEED)
    people = [new_id() for _ in range(COLLEAGUES)]
    auth_database = Database(f"sqlite+aiosqlite:///{system.folder / 'data' / 'auth.db'}")
    chat_database = system.chat_database
    async with auth_database.write() as session:
        for colleague in people:
            await auth_outbox.record(session, registered(tenant_id, colleague), occurred_at=utc_now() - timedelta(DAYS))
    async with chat_database.write() as session:
        for quarter in range(DAYS * 24 * 4):
            at = utc_now() - timedelta(days=DAYS) + timedelta(minutes=15 * quarter)
            for _ in range(_turns_at(at, dice)):
                colleague = dice.choice(people)
                model = dice.choices(MODELS, SHARES)[0]
                question = started(tenant_id, colleague, provider=PROVIDER, model=model)
                if dice.random() < 0.3:
                    await chat_outbox.record(session, conversation(tenant_id, colleague), occurred_at=at)
                await chat_outbox.record(session, question, occurred_at=at)
                duration_ms = int(dice.lognormvariate(8.0, 0.55))
                used = dice.randrange(200, 4_000), dice.randrange(50, 900)
                end = finished(
                    question,
                    outcome="failed" if dice.random() < 0.006 else "finished",
                    input_tokens=used[0],
                    output_tokens=used[1],
                    cost_micro_usd=sum(used) * PRICES[model],
                    duration_ms=duration_ms,
                    time_to_first_token_ms=min(duration_ms, int(dice.lognormvariate(5.8, 0.4))),
                )
                await chat_outbox.record(session, end, occurred_at=min(utc_now(), at + timedelta(minutes=1)))
    await auth_database.close()
    await chat_database.close()


def _turns_at(at: datetime, dice: random.Random) -> int:
    """Busy at two in the afternoon, asleep at night, slow at the weekend, which was some days ago."""
    hour = at.hour + at.minute / 60 + _hours_ahead()
    awake = max(0.0, math.cos((hour - 14) / 24 * 2 * math.pi)) ** 1.5
    weekend = 0.25 if (utc_now() - at).days % 7 in (3, 4) else 1.0
    return int(dice.gauss(TURNS_AT_NOON, 3) * awake * weekend * dice.uniform(0.6, 1.2))
