"""What the operator sees of the counting."""

from prometheus_client import Counter, Gauge

EVENTS_APPLIED = Counter("parley_events_applied_total", "Events stored and added up, each once.", ["source"])
EVENTS_QUARANTINED = Counter("parley_events_quarantined_total", "Events that could not be read.", ["source"])
CONSUMER_LAG = Gauge("parley_consumer_lag_events", "Events of a source that wait to be applied.", ["source"])
