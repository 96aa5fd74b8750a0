"""A bank at a glance: its memories over time, and what its generations did and cost, day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from memorybank.client.operations import kind_of, times_of
from memorybank.console.drawing.charts import Series, chart
from memorybank.console.operation import ACTIONS, changes_of, state_of, tokens_of
from memorybank.console.pages.bank import bank_values
from memorybank.console.visit import Page, Visit

_DAYS = 30
_MOST_OPERATIONS = 500
_MOST_MEMORIES = 2000
_MOST_SCOPES = 500
_STATES = ("done", "failed", "running", "waiting")


def show(visit: Visit) -> Page:
    """Show the last 30 days, as far as they are within the newest operations and memories."""
    days = [visit.now.date() - timedelta(days=back) for back in reversed(range(_DAYS))]
    operations, cut = _newest(visit, "operations", most=_MOST_OPERATIONS, page=250)
    memories, memories_cut = _newest(visit, "memories", most=_MOST_MEMORIES, page=1000)
    scopes, scopes_cut = _newest(visit, "scopes", most=_MOST_SCOPES, page=250)
    total = sum(each["memoryCount"] for each in scopes)
    generations = [each for each in operations if kind_of(each) == "GenerateMemories"]
    values = {
        **bank_values(visit, "overview"),
        "total": total,
        "scopes": len(scopes),
        "scopes_cut": scopes_cut,
        "operations_cut": cut,
        "memories_chart": chart(
            "Memories that exist today, by the day when they were created",
            days,
            [Series("all", _running_total(memories, days, total=max(total, len(memories))))],
            line=True,
        ),
        "memories_cut": memories_cut,
        "changes_chart": chart("Changes by generations, per day", days, _changes(generations, days)),
        "outcomes": Counter(map(state_of, generations)),
        "states": _STATES,
        "left_out": _left_out(generations),
        "tokens_chart": chart("Tokens, per day", days, [Series("tokens", _per_day(operations, days, tokens_of))]),
        "tokens": sum(map(tokens_of, operations)),
    }
    return Page("overview.html", values)


def _newest(visit: Visit, collection: str, *, most: int, page: int) -> tuple[list[dict[str, Any]], bool]:
    """Return the first resources of a list, up to `most`, and whether there are more."""
    found: list[dict[str, Any]] = []
    token: str | None = None
    while len(found) < most:
        query = {"pageSize": page, "pageToken": token}
        answer = visit.bank.call("GET", f"{visit.engine}/{collection}", query=query)
        found += answer.get(collection, [])
        token = answer.get("nextPageToken")
        if not token:
            return found, False
    return found, True


def _day(resource: Mapping[str, Any]) -> date:
    times = times_of(resource) or resource
    return date.fromisoformat(times["createTime"][:10])


def _per_day(resources: Sequence[Mapping[str, Any]], days: Sequence[date], amount: Any) -> list[int]:
    counts: Counter[date] = Counter()
    for each in resources:
        counts[_day(each)] += amount(each)
    return [counts[day] for day in days]


def _running_total(memories: Sequence[Mapping[str, Any]], days: Sequence[date], *, total: int) -> list[int]:
    created = _per_day(memories, days, lambda _: 1)
    before = total - sum(created)
    return [before + sum(created[: index + 1]) for index in range(len(days))]


def _changes(generations: Sequence[Mapping[str, Any]], days: Sequence[date]) -> list[Series]:
    return [
        Series(action.lower(), _per_day(generations, days, lambda each, action=action: changes_of(each).get(action, 0)))
        for action in ACTIONS
    ]


def _left_out(generations: Sequence[Mapping[str, Any]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for generation in generations:
        for each in generation["metadata"].get("leftOut", []):
            found[each["kind"]] += each.get("count", 1)
    return found
