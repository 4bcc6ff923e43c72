"""The class on one page: how many passed each exercise, which misconception was seen how often, what failed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from snnlab.checks.compare import NOT_DONE, PASSED
from snnlab.grading.feedback import template


def class_report(
    lesson: str,
    records: Mapping[str, Mapping[str, Any]],
    table: Sequence[Mapping[str, Any]],
    alike: Sequence[Any] = (),
) -> str:
    """A lesson's results as an HTML page. table : of `marks.rows`.   alike : of `similarity.pairs`."""
    ran = [record for record in records.values() if record["status"] in ("graded", "stopped")]
    scores = [row["score"] for row in table if "score" in row]
    return template("class.html").render(
        lesson=lesson, statuses=Counter(row["status"] for row in table), exercises=exercises(list(records.values())),
        median=median(scores) if scores else 0, mean=sum(scores) / len(scores) if scores else 0,
        points=next((row["points"] for row in table if "points" in row), 0),
        cpu=sum(record["cpu"] for record in ran), longest=sorted(ran, key=lambda record: -record["cpu"])[:5],
        odd=[row for row in table if row.get("reason") or row.get("late") or row.get("superseded files") or row["status"] != "graded"],
        late=sum(bool(row.get("late")) for row in table), alike=alike,
    )  # fmt: skip


def exercises(records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """For each exercise: how many passed, were partly right, wrong or blank, and how often each mistake was seen."""
    found = []
    for id in dict.fromkeys(id for record in records for id in record["exercises"]):
        reports = [record["exercises"][id] for record in records if id in record["exercises"]]
        states = Counter(report["state"] for report in reports)
        partly = sum(report["state"] not in (PASSED, NOT_DONE) and report["score"] > 0 for report in reports)
        cases = Counter(line["name"] for report in reports for line in report["lines"] if not line["ok"])
        found.append({
            "id": id, "title": reports[0]["title"], "points": reports[0]["points"], "count": len(reports), "passed": states[PASSED],
            "partly": partly, "not_done": states[NOT_DONE], "unasked": sum(not report["lines"] and report["state"] != NOT_DONE for report in reports),
            "wrong": sum(bool(report["lines"]) and report["state"] != PASSED for report in reports) - partly,
            "mistakes": Counter(report["wrong"] for report in reports if report["wrong"]).most_common(),
            "unknown": sum(bool(report["lines"]) and report["state"] != PASSED and not report["wrong"] for report in reports),
            "cases": cases.most_common(3), "cpu": median(report["cpu"] for report in reports),
        })  # fmt: skip
    return found
