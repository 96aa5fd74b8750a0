"""A scripted history, on either store: at each of its moments `readTime` gives what the bank said at that moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from memorybank.bank.generation import undo
from memorybank.bank.memories import as_of, crud, retrieve, revisions
from memorybank.ports.documents import Order
from memorybank.ports.models import Action, ExtractedFact, ExtractionRequest, Intent
from memorybank.resources.memory import Memory
from memorybank.resources.names import path_of
from memorybank.resources.retrieval import RetrieveMemoriesRequest
from memorybank.resources.wire import parse
from memorybank.storage.firestore import FirestoreStore
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import SCOPE, Policy, Says, decides, open_policy

HOUR = timedelta(hours=1)
OTHERS = {"user_id": "eve"}
FORGET = "Forget that "
QUERY = "Where do I live?"

Found = list[dict[str, Any]]


def said(request: ExtractionRequest) -> list[ExtractedFact]:
    """Return every line as a fact, and one that begins with "Forget" as a fact to forget."""
    lines = request.events[0].text.splitlines()
    return [
        ExtractedFact(line.removeprefix(FORGET), event=0, quote=line, intent=Intent.FORGET)
        if line.startswith(FORGET)
        else ExtractedFact(line, event=0, quote=line)
        for line in lines
    ]


@dataclass
class History:
    """Changes of a bank, one an hour, and what it said after each: listed, and found by similarity."""

    policy: Policy
    listed: dict[datetime, Found] = field(default_factory=dict)
    nearest: dict[datetime, Found] = field(default_factory=dict)
    ends: dict[str, datetime] = field(default_factory=dict)

    def note(self) -> None:
        """Note what the bank says now."""
        now = self.policy.clock.now()
        found, _ = crud.list_page(
            self.policy.ports,
            self.policy.engine,
            scope=SCOPE,
            accept=None,
            order=Order("create_time", descending=True),
            limit=1000,
            after=None,
        )
        self.listed[now] = [memory.to_wire() for memory in found]
        self.nearest[now] = self.similar(None)

    def similar(self, time: datetime | None) -> Found:
        """Return what a search finds, now or at a time; what is equally near has no order of its own."""
        given = {} if time is None else {"readTime": time}
        request = parse(
            RetrieveMemoriesRequest,
            {"scope": SCOPE, "similaritySearchParams": {"searchQuery": QUERY, "topK": 50}, **given},
        )
        found = retrieve.retrieve_similar(self.policy.ports, self.policy.engine, request, accept=None)
        rounded = [{**hit.memory.to_wire(), "distance": round(hit.distance or 0, 5)} for hit in found]
        return sorted(rounded, key=lambda hit: (hit["distance"], hit["name"]))

    def generated(self, *lines: str) -> str:
        """Generate from what is said, and return the operation's id."""
        name = self.policy.accept(*lines)
        self.policy.deliver(name)
        assert self.policy.operation(name).error is None
        return name.rpartition("/")[2]

    def known(self, found: Found) -> Found:
        """Leave out what has expired since."""
        now = self.policy.clock.now()
        return [memory for memory in found if self.ends.get(memory["name"], now + HOUR) > now]


def pages(policy: Policy, time: datetime, *, size: int) -> Found:
    """List page by page what the bank knew at a time."""
    found: Found = []
    after = None
    while True:
        page, after = as_of.list_page(
            policy.ports, policy.engine, scope=SCOPE, time=time, accept=None, limit=size, after=after
        )
        found += [memory.to_wire() for memory in page]
        if after is None:
            return found


def retrieved(policy: Policy, time: datetime, *, size: int) -> Found:
    """Retrieve page by page what the bank knew at a time."""
    request = parse(RetrieveMemoriesRequest, {"scope": SCOPE, "readTime": time})
    found: Found = []
    after = None
    while True:
        page, after = retrieve.retrieve_page(policy.ports, policy.engine, request, accept=None, limit=size, after=after)
        found += [hit.memory.to_wire() for hit in page]
        if after is None:
            return found


def changes(history: History) -> Iterator[str]:
    """Make twenty changes of every kind, and yield the name of each once it is made."""
    policy, generated = history.policy, history.generated
    ports = policy.ports
    tea = policy.remember("I like tea")
    yield "create"
    policy.remember("I like bees", scope=OTHERS)
    policy.remember("I like jazz")
    yield "create two"
    crud.update(ports, tea, Memory(fact="I like green tea"), mask=None)
    yield "update"
    generated("I live in Paris", "my dog is called Rex")
    yield "generate"
    moved = generated("I live in Lyon")
    yield "replace"
    brief = policy.remember("I am at the station", ttl="9000s")
    history.ends[crud.get(ports, brief)["name"]] = policy.clock.now() + timedelta(seconds=9000)
    yield "create one that expires"
    crud.update(ports, tea, Memory(display_name="drinks"), mask=None)
    yield "update another field"
    crud.delete(ports, tea)
    yield "delete"
    yield "nothing, but one expires"
    undone = undo.undo(ports, policy.engine, moved).name.rpartition("/")[2]
    yield "undo"
    undo.undo(ports, policy.engine, undone)
    yield "undo the undo"
    revisions.rollback(ports, tea, policy.revisions(tea)[0].id)
    yield "restore"
    generated("I live in Lyon")
    yield "keep"
    crud.delete(ports, policy.record("I like jazz").path)
    yield "delete another"
    crud.delete(ports, tea)
    yield "delete again"
    named = crud.create(
        ports, policy.engine, parse(Memory, {"fact": "I have liked figs since March", "scope": SCOPE}), memory_id="mine"
    )
    mine = path_of((named.response or {})["name"])
    yield "create under a name"
    crud.delete(ports, mine)
    yield "delete what has the name"
    crud.create(ports, policy.engine, parse(Memory, {"fact": "I like plums", "scope": SCOPE}), memory_id="mine")
    yield "create again under the name"
    crud.update(ports, mine, Memory(fact="I like red plums"), mask=None)
    crud.update(ports, mine, Memory(fact="I like ripe plums"), mask=None)
    yield "update twice at one time"
    generated("Forget that my dog is called Rex")
    yield "forget"


@pytest.fixture(params=["sqlite", "firestore"])
def history(request: pytest.FixtureRequest) -> History:
    store: FirestoreStore | None = None
    if request.param == "firestore":
        store = request.getfixturevalue("firestore_store")
    decide = decides(Says("I live in Lyon", Action.UPDATE, "I live in Paris", "I live in Lyon"))
    return History(open_policy(ScriptedModel(extract=said, decide=decide), store=store))


def test_at_every_moment_of_a_history_the_bank_says_what_it_said_then(history: History) -> None:
    policy = history.policy
    made: Sequence[str] = []
    history.note()
    policy.clock.advance(HOUR)
    for name in changes(history):
        made = [*made, name]
        history.note()
        policy.clock.advance(HOUR)
        before = policy.clock.now() - 2 * HOUR
        assert pages(policy, before, size=9) == history.known(history.listed[before]), name
    assert len(made) == 20
    assert len({str(found) for found in history.listed.values()}) > 15, "the changes make a difference"
    for moment, then in history.listed.items():
        assert pages(policy, moment, size=2) == history.known(then), (moment, "pages")
        between = moment + HOUR / 2
        assert retrieved(policy, between, size=1000) == history.known(then), (moment, "retrieve")
        assert history.similar(moment) == history.known(history.nearest[moment]), (moment, "similarity")
