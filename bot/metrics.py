"""What an engineer on duty wants to see at /metrics, under Prometheus's usual names."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

registry = CollectorRegistry()

accepted = Counter(
    "docent_messages_accepted",
    "Visitor messages written to the log.",
    ["channel"],
    registry=registry,
)
repeated = Counter(
    "docent_messages_repeated",
    "Messages that a platform sent again.",
    ["channel"],
    registry=registry,
)
refused = Counter(
    "docent_webhooks_refused",
    "Requests that were not served.",
    ["channel", "status"],
    registry=registry,
)
turns = Counter("docent_turns", "What became of visitor messages.", ["outcome"], registry=registry)
sent = Counter(
    "docent_messages_sent",
    "Messages to visitors by result.",
    ["channel", "result"],
    registry=registry,
)
turn_seconds = Histogram(
    "docent_turn_seconds",
    "Time of one turn through the dialogue.",
    buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
    registry=registry,
)
channel_up = Gauge(
    "docent_channel_up",
    "1 while a channel's platform takes our keys, 0 while it does not.",
    ["channel"],
    registry=registry,
)
waiting = Gauge("docent_queue_messages", "Messages by state.", ["state"], registry=registry)


def page() -> bytes:
    """Returns the metrics in Prometheus's text format."""
    return generate_latest(registry)
