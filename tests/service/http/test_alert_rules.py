"""The alert rules for Prometheus name metrics that there are, and say what to do."""

import re
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]
from prometheus_client import REGISTRY, generate_latest

from ingest import metrics
from tests.ingest.messages import fix_message
from tests.ingest.test_feed import arrive
from tests.service.http.conftest import NOW, Callers

FILE = Path(__file__).parents[3] / "deploy/prometheus/alerts.yaml"
_METRIC = re.compile(r"\b(cordon_\w+)(?:\{(\w+)=)?")


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(FILE.read_text("utf-8"))["groups"] for rule in group["rules"]]


async def test_every_metric_of_a_rule_is_there_with_its_label(callers: Callers, desk: Any) -> None:
    await arrive(desk, fix_message(), at=NOW)
    metrics.LAG.labels("tag-fixes", "0").set(0)
    told = (await callers["operator"].get("/metrics")).text + generate_latest(REGISTRY).decode()
    metrics.LAG.remove("tag-fixes", "0")
    for rule in rules():
        found = _METRIC.findall(rule["expr"])
        assert found, rule["alert"]
        for name, label in found:
            wanted = rf"^{name}\{{[^}}]*\b{label}=" if label else rf"^{name}[ {{]"
            assert re.search(wanted, told, re.MULTILINE), (rule["alert"], name, label)


def test_every_rule_says_what_is_wrong_how_urgent_it_is_and_what_to_do() -> None:
    found = rules()
    assert len({rule["alert"] for rule in found}) == len(found) > 0
    for rule in found:
        assert rule["labels"]["severity"] in {"page", "ticket"}, rule["alert"]
        assert set(rule["annotations"]) == {"summary", "action"}, rule["alert"]
        assert all(len(text) > 30 for text in rule["annotations"].values()), rule["alert"]
