"""What can be watched of ingest."""

from prometheus_client import Counter, Gauge, Histogram

from ingest.tally import Tally

MESSAGES = Counter("cordon_ingest_messages", "Objects that arrived, by what became of them", ["origin", "outcome"])
APPEND_SECONDS = Histogram("cordon_ingest_append_seconds", "How long a batch took to append")
LAG = Gauge("cordon_ingest_lag", "Records of a Kafka partition that are not in the ledger yet", ["topic", "partition"])

_OUTCOMES = ("fixes", "events", "duplicates", "contradictions", "rejected")


def count(origin: str, tally: Tally) -> None:
    """Count what became of a batch. Contradictions are among the rejected here too."""
    for outcome in _OUTCOMES:
        if number := getattr(tally, outcome):
            MESSAGES.labels(origin, outcome).inc(number)
