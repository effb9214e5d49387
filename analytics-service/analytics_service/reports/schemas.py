"""What reports look like. Times are UTC, durations milliseconds, money millionths of a US dollar."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from analytics_service.reports.rules import Interval
from service_kit.contracts.events import Outcome


class PeriodReport(BaseModel):
    """The period a report is about, widened to whole quarters of an hour."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    start: datetime = Field(alias="from")
    end: datetime = Field(alias="to")
    tz: str


class Summary(PeriodReport):
    """The tenant at a glance. `total_users` and `total_conversations` are of all time, the rest of the period."""

    total_users: int
    active_users_today: int = Field(description="Users who asked something today, in the asked time zone.")
    total_conversations: int
    total_messages: int = Field(description="Questions and replies.")
    total_tokens_used: int = Field(description="Input and output tokens.")
    avg_response_time: float | None = Field(description="Mean duration of all turns.")
    p95_response_time: float | None
    error_rate: float | None = Field(description="Share of turns that failed or were interrupted.")
    turns: int
    questions: int
    replies: int
    failed_turns: int = Field(description="Turns that failed or were interrupted.")
    stopped_turns: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    estimated_tokens: int = Field(description="Input and output tokens that the provider did not report.")
    cost_micro_usd: int
    p50_response_time: float | None
    p99_response_time: float | None
    p50_time_to_first_token: float | None
    p95_time_to_first_token: float | None
    as_of: datetime | None = Field(description="Everything until then is counted; null before the first contact.")
    is_live: bool = Field(description="Whether every source is reachable and completely counted.")


class TimePoint(BaseModel):
    """One interval of a time series."""

    start: datetime
    turns: int = 0
    messages: int = 0
    active_users: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micro_usd: int = 0
    errors: int = 0
    avg_response_time: float | None = None
    p95_response_time: float | None = None


class TimeSeries(PeriodReport):
    """What happened interval by interval, without gaps."""

    interval: Interval
    points: list[TimePoint]


class ModelUsage(BaseModel):
    """What one model was used for."""

    provider: str
    model: str
    turns: int
    input_tokens: int
    output_tokens: int
    cost_micro_usd: int
    error_rate: float | None
    p95_response_time: float | None


class ModelReport(BaseModel):
    """The models in use, the busiest first."""

    items: list[ModelUsage]


class RouteUsage(BaseModel):
    """How one route of the services was used by the tenant."""

    service: str
    method: str
    route: str
    requests: int
    errors: int = Field(description="Answers with a status of 500 or more.")
    p50_duration_ms: float | None
    p95_duration_ms: float | None


class RequestReport(BaseModel):
    """The routes in use, the busiest first."""

    items: list[RouteUsage]


class LiveTurn(BaseModel):
    """A turn that just ended."""

    turn_id: UUID
    user_id: UUID
    model: str
    provider: str
    outcome: Outcome
    input_tokens: int
    output_tokens: int
    duration_ms: int
    finished_at: datetime
