"""Figures as Prometheus reads them. No lab and no person is named in any of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from sharemeal.alarms import AlarmKind
from sharemeal.messages import MessageState
from sharemeal.store.gauges import BOUNDS_SECONDS, Gauges

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class _Counted(Collector):
    """The figures of one moment, for one answer."""

    def __init__(self, found: Gauges, alarms: Mapping[AlarmKind, int]) -> None:
        self._found = found
        self._alarms = alarms

    def collect(self) -> Iterator[Metric]:
        """Every figure, with what it means."""
        found = self._found
        yield _by("messages", "Text messages by state.", "state", found.messages)
        yield _one(
            "oldest_pending_message_seconds",
            "How long the message that waits longest has been due.",
            found.oldest_due_seconds,
        )
        yield _one(
            "messages_in_doubt",
            "Messages of which nobody knows whether they went out.",
            found.messages[MessageState.IN_DOUBT],
        )
        yield _by("open_alerts", "Alerts that have not ended, by state.", "state", found.alerts)
        yield _by("job_heartbeat_seconds", "Seconds since each job last ran.", "job", found.beat_seconds)
        hits = {kind: self._alarms.get(kind, 0) for kind in AlarmKind}
        yield _by("auditor_hits", "What the auditor's last look found, by kind.", "kind", hits)
        yield _one("open_expectations", "Signs of life that are still expected.", found.expected)
        yield _one(
            "overdue_expectations",
            "Those of them that are due and not yet noticed as missing.",
            found.overdue,
        )
        yield _one("check_ins_last_day", "Reports received in the last 24 hours.", found.check_ins)
        delays = HistogramMetricFamily(
            "sharemeal_message_accepted_seconds",
            "From written to accepted by the provider, over the last 24 hours.",
            labels=["purpose"],
        )
        ends = [*(str(bound) for bound in BOUNDS_SECONDS), "+Inf"]
        for purpose, each in found.delays.items():
            buckets = list(zip(ends, each.within, strict=True))
            delays.add_metric([purpose], buckets=buckets, sum_value=each.sum_seconds)
        yield delays


def _one(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"sharemeal_{name}", meaning, value=value)


def _by(name: str, meaning: str, label: str, values: Mapping[Any, float]) -> Metric:
    family = GaugeMetricFamily(f"sharemeal_{name}", meaning, labels=[label])
    for key, value in values.items():
        family.add_metric([str(key)], value)
    return family


def exposition(found: Gauges, alarms: Mapping[AlarmKind, int]) -> bytes:
    """The whole answer. ``alarms`` is what stands."""
    registry = CollectorRegistry()
    registry.register(_Counted(found, alarms))
    return generate_latest(registry)
