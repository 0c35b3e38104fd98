"""What an engineer on duty wants to see at /metrics, under names that Prometheus expects.

Names and units: https://prometheus.io/docs/practices/naming. A label takes few values, all of our
own making: no visitor, no conversation and no words stand in one. What is measured in the database
at the moment of a scrape is in `bot/channels/measuring.py`; docs/operations.md has the whole list.
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from bot import scraping

registry = scraping.registry()

# Seconds. A webhook is to be acknowledged in 50 ms; Slack waits 3 s, WeChat 5 s, Meta 20 s.
_ACKNOWLEDGED = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 5, 20)
# What one message costs from stage to stage; a turn is given up after 5 s.
_WITHIN_A_TURN = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600)
# A visitor who chats waits seconds; on a day with a queue, minutes.
_ANSWERED = (0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 900, 3600)
# Calls over a network.
_CALLED = (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20)

# --- Visitors ---

accepted = Counter(
    "docent_messages_accepted_total",
    "Visitor messages that were written to the log and acknowledged.",
    ["channel"],
    registry=registry,
)
repeated = Counter(
    "docent_messages_repeated_total",
    "Messages that a platform sent again and that were in the log already.",
    ["channel"],
    registry=registry,
)
rate_limited = Counter(
    "docent_messages_rate_limited_total",
    "Visitor messages that came faster than one visitor may write.",
    ["channel"],
    registry=registry,
)
answered = Counter(
    "docent_messages_answered_total",
    "What became of visitor messages: answered, relayed to staff, taken as a rating.",
    ["channel", "language", "outcome"],
    registry=registry,
)
turns_failed = Counter(
    "docent_turns_failed_total",
    "Turns that failed: tried again, or at the end an apology and a case.",
    ["final"],
    registry=registry,
)
answer_seconds = Histogram(
    "docent_answer_seconds",
    "Time from the acceptance of a visitor's message to the first word of its answer sent.",
    ["channel"],
    buckets=_ANSWERED,
    registry=registry,
)
refused = Counter(
    "docent_webhooks_refused_total",
    "Requests that were not served, by HTTP status: 403 signature or session, 400 and 413 body.",
    ["channel", "status"],
    registry=registry,
)
webhooks = Counter(
    "docent_webhooks_total",
    "Requests of platforms and of the chat page, by HTTP status.",
    ["channel", "status"],
    registry=registry,
)
webhook_seconds = Histogram(
    "docent_webhook_seconds",
    "Time from a request of a platform to its acknowledgement.",
    ["channel"],
    buckets=_ACKNOWLEDGED,
    registry=registry,
)

# --- A turn ---

turn_seconds = Histogram(
    "docent_turn_seconds",
    "Time of one turn through the dialogue.",
    buckets=_WITHIN_A_TURN,
    registry=registry,
)
stage_seconds = Histogram(
    "docent_stage_seconds",
    "Time that a message spent in one stage, what other stages took within it left out.",
    ["stage"],
    buckets=_WITHIN_A_TURN,
    registry=registry,
)

# --- Sending ---

sent = Counter(
    "docent_messages_sent_total",
    "Tries to send to visitors: sent, passive, retry, dead, window.",
    ["channel", "result"],
    registry=registry,
)
send_seconds = Histogram(
    "docent_send_seconds",
    "Time of one try to send, whatever came of it.",
    ["channel"],
    buckets=_CALLED,
    registry=registry,
)
channel_up = Gauge(
    "docent_channel_up",
    "1 while a channel's platform takes our keys, 0 while it does not.",
    ["channel"],
    registry=registry,
    multiprocess_mode="livemin",
)

# --- What Docent leans on ---

translations = Counter(
    "docent_translator_calls_total",
    "Questions to the translator; ok, or what went wrong.",
    ["engine", "result"],
    registry=registry,
)
translation_seconds = Histogram(
    "docent_translator_seconds",
    "Time of one question to the translator.",
    ["engine"],
    buckets=_CALLED,
    registry=registry,
)
slack_calls = Counter(
    "docent_slack_calls_total",
    "Calls of Slack's Web API: ok, refused or unreached.",
    ["method", "result"],
    registry=registry,
)
slack_seconds = Histogram(
    "docent_slack_call_seconds",
    "Time of one call of Slack's Web API.",
    buckets=_CALLED,
    registry=registry,
)
database_seconds = Histogram(
    "docent_database_transaction_seconds",
    "Time of one transaction, from taking a connection to the end of the commit.",
    buckets=_WITHIN_A_TURN,
    registry=registry,
)
database_failures = Counter(
    "docent_database_failures_total",
    "Transactions that failed, by the kind of error.",
    ["kind"],
    registry=registry,
)
bus_up = Gauge(
    "docent_bus_up",
    "1 while this carries our signals, 0 while it does not; absent without REDIS_URL.",
    ["bus"],
    registry=registry,
    multiprocess_mode="livemin",
)
bus_signals = Counter(
    "docent_bus_signals_total",
    "Signals between processes: sent, heard.",
    ["bus", "direction"],
    registry=registry,
)

# --- The processes ---

model_loaded = Gauge(
    "docent_model_processes",
    "How many processes answer with this model now.",
    ["model"],
    registry=registry,
    multiprocess_mode="livesum",
)
model_loaded_at = Gauge(
    "docent_model_loaded_timestamp_seconds",
    "When this model was loaded; of several processes the earliest.",
    ["model"],
    registry=registry,
    multiprocess_mode="livemin",
)
models_refused = Counter(
    "docent_models_refused_total",
    "Published models that a process would not take.",
    registry=registry,
)
leads = Gauge(
    "docent_leads",
    "1 where a process does what only one may do; of all machines exactly one.",
    registry=registry,
    multiprocess_mode="livesum",
)
process_starts = Counter(
    "docent_process_starts_total",
    "How often a process was started; more than once means that it died.",
    ["process"],
    registry=registry,
)
log_records = Counter(
    "docent_log_records_total",
    "Lines that were logged.",
    ["level"],
    registry=registry,
)

# What is counted from nothing on: Prometheus sees no increase where a row begins with 1.
for _final in ("false", "true"):
    turns_failed.labels(_final)
for _level in ("warning", "error", "critical"):
    log_records.labels(_level)
