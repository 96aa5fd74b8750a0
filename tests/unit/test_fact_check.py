"""Facts are compared with what was said: honest ones pass, invented ones do not. The cases are in tests/data/evidence.

One case per line: language, what was said, the fact, and the quote if it is not all that was said. Turns are separated
by "|", an assistant's begins with "A:", and "@" gives the day of the conversation.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from memorybank.bank.guards.fact_check import drop_unfounded
from memorybank.bank.guards.quote_check import drop_unsupported
from memorybank.ports.models import Event, ExtractedFact, ExtractionRequest, Topic
from memorybank.resources.topics import ManagedTopic

DATA = Path(__file__).parents[1] / "data" / "evidence"
TOPICS = tuple(Topic(topic.name, managed=True) for topic in ManagedTopic)
DETAIL = ManagedTopic.KEY_CONVERSATION_DETAILS.name


def _cases(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (DATA / name).read_text("utf-8").splitlines() if line]


def _kinds(case: list[str]) -> list[str]:
    """Return why the fact of a case is refused."""
    _, said, fact, *quoted = case
    time = None
    if said.startswith("@"):
        day, said = said[1:].split(" ", 1)
        time = datetime.fromisoformat(day).replace(hour=10, tzinfo=UTC)
    turns = [turn.strip() for turn in said.split(" | ")]
    events = tuple(
        Event("model" if turn.startswith("A:") else "user", turn.removeprefix("A:").strip(), time=time)
        for turn in turns
    )
    quote = quoted[0] if quoted else events[-1].text
    found = [ExtractedFact(fact, (DETAIL,), event=len(events) - 1, quote=quote)]
    request = ExtractionRequest(events, TOPICS)
    supported = drop_unsupported(request, found)
    return [each.kind for each in (*supported.refused, *drop_unfounded(request, supported.kept).refused)]


def test_hardly_any_honest_fact_is_refused() -> None:
    cases = _cases("honest.tsv")
    refused = [(case[1], case[2], kinds) for case in cases if (kinds := _kinds(case))]
    assert len(cases) >= 300
    assert len(refused) <= len(cases) * 0.015, refused


def test_hardly_any_invented_fact_passes() -> None:
    cases = _cases("invented.tsv")
    passing = [(case[1], case[2]) for case in cases if not _kinds(case)]
    assert len(passing) <= len(cases) * 0.1, passing
