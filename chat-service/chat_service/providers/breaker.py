"""A circuit breaker: a model that keeps failing is left alone for a while, then tried by one call at first."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

FAILURES = 5
WINDOW_SECONDS = 60.0
OPEN_SECONDS = 30.0


@dataclass(slots=True)
class _Circuit:
    """What is known of one model: its failures in a row, and since when it is left alone or tried."""

    failed_at: list[float] = field(default_factory=list)
    opened_at: float | None = None
    probed_at: float | None = None


class CircuitBreaker:
    """Opens after so many failures in a row within the window; half-opens with one probe; closes on success.

    A probe that nobody reports on, because its caller went away, is given up after as long as the circuit was open.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        failures: int = FAILURES,
        window_seconds: float = WINDOW_SECONDS,
        open_seconds: float = OPEN_SECONDS,
    ) -> None:
        self._clock = clock
        self._failures = failures
        self._window_seconds = window_seconds
        self._open_seconds = open_seconds
        # Only what has failed is remembered, so that there are never more circuits than models.
        self._circuits: dict[Hashable, _Circuit] = {}

    def admits(self, key: Hashable) -> bool:
        """Tell whether a call may be made; asking a half-open circuit takes the probe."""
        if not self.is_available(key):
            return False
        circuit = self._circuits.get(key)
        if circuit is not None and circuit.opened_at is not None:
            circuit.probed_at = self._clock()
        return True

    def is_available(self, key: Hashable) -> bool:
        """Tell whether a call would be admitted, without taking the probe."""
        circuit = self._circuits.get(key)
        if circuit is None or circuit.opened_at is None:
            return True
        since = circuit.opened_at if circuit.probed_at is None else circuit.probed_at
        return self._clock() - since >= self._open_seconds

    def succeeded(self, key: Hashable) -> None:
        """A call was answered."""
        self._circuits.pop(key, None)

    def failed(self, key: Hashable) -> None:
        """A call failed in a way that speaks against the provider, and not against what was asked."""
        now = self._clock()
        circuit = self._circuits.setdefault(key, _Circuit())
        if circuit.opened_at is not None:
            # A call from before the circuit opened tells nothing new; the probe does.
            if circuit.probed_at is not None:
                circuit.opened_at, circuit.probed_at = now, None
            return
        recent = [moment for moment in circuit.failed_at if now - moment < self._window_seconds]
        circuit.failed_at = [*recent, now]
        if len(circuit.failed_at) >= self._failures:
            circuit.opened_at, circuit.failed_at = now, []
