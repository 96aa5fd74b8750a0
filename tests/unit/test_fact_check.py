"""Facts are compared with what was said: honest ones pass, invented ones do not. The cases are in tests/data/evidence.

One case per line: language, what was said, the fact, and the quote if it is not all that was said. Turns are separated
by "|", an assistant's begins with "A:", and "@" gives the day of the conversation.

In the files of conversations "==" begins one, with its language and day; "U" and "A" begin turns, "+" an honest fact
and "-" an invented one, each with the number of the turn that it quotes. A fact is misplaced if it is of another
conversation in the same language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from memorybank.bank.guards.fact_check import drop_unfounded
from memorybank.bank.guards.polarity import contradicts
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
    day = ""
    if said.startswith("@"):
        day, said = said[1:].split(" ", 1)
    turns = [turn.strip() for turn in said.split(" | ")]
    events = tuple(
        Event("model" if turn.startswith("A:") else "user", turn.removeprefix("A:").strip(), time=_time(day))
        for turn in turns
    )
    return _refused(events, ExtractedFact(fact, (DETAIL,), event=len(events) - 1, quote=(*quoted, events[-1].text)[0]))


def _time(day: str) -> datetime | None:
    return datetime.fromisoformat(day).replace(hour=10, tzinfo=UTC) if day else None


def _refused(events: tuple[Event, ...], fact: ExtractedFact) -> list[str]:
    found = [fact]
    request = ExtractionRequest(events, TOPICS)
    supported = drop_unsupported(request, found)
    return [each.kind for each in (*supported.refused, *drop_unfounded(request, supported.kept).refused)]


@dataclass
class _Conversation:
    language: str
    day: str
    turns: list[list[str]] = field(default_factory=list)
    honest: list[tuple[int, str]] = field(default_factory=list)
    invented: list[tuple[int, str]] = field(default_factory=list)

    def kinds(self, turn: int, fact: str) -> list[str]:
        """Return why a fact that quotes a turn is refused."""
        events = tuple(Event("model" if who == "A" else "user", text, time=_time(self.day)) for who, text in self.turns)
        return _refused(events, ExtractedFact(fact, (DETAIL,), event=turn - 1, quote=events[turn - 1].text))


@cache
def _conversations(name: str) -> list[_Conversation]:
    found: list[_Conversation] = []
    for line in (DATA / name).read_text("utf-8").splitlines():
        if line.startswith("== "):
            language, _, day = line[3:].partition(" ")
            found.append(_Conversation(language, day))
        elif fact := re.fullmatch(r"([+-])(\d) (.+)", line):
            (found[-1].honest if fact[1] == "+" else found[-1].invented).append((int(fact[2]), fact[3]))
        elif turn := re.fullmatch("([UA]) (.+)", line):
            found[-1].turns.append([turn[1], turn[2]])
        else:
            found[-1].turns[-1][1] += f"\n{line}"
    return found


def _misplaced(name: str) -> list[tuple[_Conversation, int, str]]:
    """Return every third fact with the next conversation in its language, to which it does not belong."""
    found: list[tuple[_Conversation, int, str]] = []
    last: dict[str, _Conversation] = {}
    for each in _conversations(name):
        if each.language in last:
            found += [(each, 1, fact) for _, fact in last[each.language].honest]
        last[each.language] = each
    return found[::3]


def test_hardly_any_honest_fact_of_a_conversation_is_refused() -> None:
    cases = [(each, *fact) for each in _conversations("conversations.txt") for fact in each.honest]
    refused = [(fact, kinds) for each, turn, fact in cases if (kinds := each.kinds(turn, fact))]
    assert len(cases) >= 600
    assert len(refused) <= len(cases) * 0.015, refused


def test_most_invented_facts_of_a_conversation_are_refused() -> None:
    cases = [(each, *fact) for each in _conversations("conversations.txt") for fact in each.invented]
    passing = [fact for each, turn, fact in cases if not each.kinds(turn, fact)]
    assert len(passing) <= len(cases) * 0.3, passing


def test_hardly_any_fact_of_another_conversation_passes() -> None:
    cases = _misplaced("conversations.txt")
    passing = [fact for each, turn, fact in cases if not each.kinds(turn, fact)]
    assert len(cases) >= 150
    assert len(passing) <= len(cases) * 0.14, passing


def test_hardly_any_honest_fact_is_refused() -> None:
    cases = _cases("honest.tsv")
    refused = [(case[1], case[2], kinds) for case in cases if (kinds := _kinds(case))]
    assert len(cases) >= 300
    assert len(refused) <= len(cases) * 0.015, refused


def test_hardly_any_invented_fact_passes() -> None:
    cases = _cases("invented.tsv")
    passing = [(case[1], case[2]) for case in cases if not _kinds(case)]
    assert len(passing) <= len(cases) * 0.1, passing


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        ("Ich arbeite nicht mehr bei Bosch", "Ich arbeite bei Bosch"),
        ("Ik woon niet meer in Gent", "Ik woon in Gent"),
        ("Już nie mieszkam w Łodzi", "Mieszkam w Łodzi"),
    ],
)
def test_an_end_that_nobody_told_of_is_a_contradiction(fact: str, sentence: str) -> None:
    assert contradicts(fact, sentence)
