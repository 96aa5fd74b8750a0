"""A conversation that is read in chunks is paid for once, whatever fails between them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from memorybank.bank import retries
from memorybank.errors import Aborted, Unavailable
from memorybank.models import usage
from memorybank.models.chunks import in_chunks
from memorybank.ports.models import ExtractedFact, ExtractionRequest, Intent, ProfileField
from memorybank.resources.names import path_of
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import Policy, open_policy

PROFILE = ProfileField("traveller", "age", {"years": [42, None]})


class Chunks:
    """Reads every line of a conversation as a chunk; `plan` and `before` can be changed between attempts."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.plan = "plan"
        self.before: Callable[[str], None] = lambda _: None

    def extract(self, request: ExtractionRequest) -> list[ExtractedFact]:
        lines = request.events[0].text.splitlines()
        found = in_chunks(self.plan, [partial(self._piece, line) for line in lines])
        return [fact for facts in found for fact in facts]

    def _piece(self, line: str) -> list[ExtractedFact]:
        self.before(line)
        self.read.append(line)
        usage.report(usage.ModelCall("extract", "m", input=10))
        return [ExtractedFact(line, context="said", event=0, quote=line, intent=Intent.REMEMBER)]

    def fail_at(self, line: str) -> None:
        """Fail when it comes to a chunk."""

        def before(read: str) -> None:
            if read == line:
                raise Unavailable("no quota")

        self.before = before


def _policy() -> tuple[Policy, Chunks, str]:
    chunks = Chunks()
    policy = open_policy(ScriptedModel(extract=chunks.extract))
    return policy, chunks, policy.accept("one", "two", "three")


def _stored(policy: Policy, name: str) -> str | None:
    document = policy.ports.store.get(path_of(name))
    assert document is not None
    text: str | None = document.data.get("chunks")
    return text


def test_what_has_been_read_is_not_read_again_after_a_failure() -> None:
    policy, chunks, name = _policy()
    chunks.fail_at("three")
    policy.deliver(name)
    assert "two" in (_stored(policy, name) or "")
    chunks.fail_at("nothing")
    policy.deliver(name)
    assert chunks.read == ["one", "two", "three"]
    assert policy.facts() == ["one", "three", "two"]
    assert (policy.operation(name).usage or {})["extract"]["calls"] == 3
    assert _stored(policy, name) is None, "nothing of the conversation stays"


def test_a_conversation_of_one_piece_keeps_nothing_on_the_way() -> None:
    policy, chunks, _ = _policy()
    name = policy.accept("one")
    chunks.fail_at("one")
    policy.deliver(name)
    assert _stored(policy, name) is None


def test_pieces_that_were_cut_or_asked_about_otherwise_are_read_again() -> None:
    policy, chunks, name = _policy()
    chunks.fail_at("three")
    policy.deliver(name)
    chunks.fail_at("nothing")
    chunks.plan = "another plan"
    policy.deliver(name)
    assert chunks.read == ["one", "two", "one", "two", "three"]


def test_a_cancelled_operation_costs_no_further_piece() -> None:
    policy, chunks, name = _policy()
    chunks.before = lambda line: policy.cancel(name) if line == "one" else None
    with pytest.raises(Aborted):
        policy.deliver(name)
    policy.deliver(name, number=2)
    assert chunks.read == ["one"]
    assert policy.facts() == []
    assert _stored(policy, name) is None


def test_two_workers_do_not_both_go_on() -> None:
    policy, chunks, name = _policy()

    def overtake(line: str) -> None:
        if line == "two":
            chunks.before = lambda _: None
            policy.deliver(name, number=2)

    chunks.before = overtake
    with pytest.raises(Aborted):
        policy.deliver(name)
    assert chunks.read == ["one", "two", "three", "two"]
    assert policy.facts() == ["one", "three", "two"]


def test_what_was_read_is_kept_for_a_retry_after_a_failure_for_good() -> None:
    policy, chunks, name = _policy()
    chunks.fail_at("two")
    policy.clock.advance(retries.RETRY_FOR)
    policy.deliver(name)
    assert policy.operation(name).error is not None
    assert "one" in (_stored(policy, name) or "")
    chunks.fail_at("nothing")
    parent, _, identifier = name.rpartition("/operations/")
    retries.retry(policy.ports, policy.engine, identifier, parent=parent)
    policy.deliver(name)
    assert chunks.read == ["one", "two", "three"]


def test_everything_that_a_piece_gives_comes_back_as_it_was() -> None:
    fact = ExtractedFact("age: 42", ("a", "b"), Intent.FORGET, "said", 3, '"quoted" é', PROFILE, chunk=1)
    seen: list[list[ExtractedFact]] = []

    def extract(request: ExtractionRequest) -> list[ExtractedFact]:
        del request
        found = in_chunks("p", [lambda: [fact], list, lambda: seen[0]])
        seen.append(found[0])
        return []

    policy = open_policy(ScriptedModel(extract=extract))
    name = policy.accept("x")
    with pytest.raises(IndexError):
        policy.deliver(name)
    seen.append([])
    policy.deliver(name)
    assert seen[-1] == [fact]


def test_more_than_a_document_holds_is_read_again_if_need_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memorybank.bank.generation.checkpoint._MOST", 20)
    policy, chunks, name = _policy()
    chunks.fail_at("three")
    policy.deliver(name)
    chunks.fail_at("nothing")
    policy.deliver(name)
    assert chunks.read == ["one", "two", "one", "two", "three"]
