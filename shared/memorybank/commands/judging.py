"""Evaluates what a model remembers: holds conversations in a bank and scores the memories."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from memorybank.bank import engines, operations
from memorybank.bank.generation import accept
from memorybank.bank.memories import crud
from memorybank.bank.ports import Ports
from memorybank.commands.scoring import BILLED, Case, Conversation, Score, report, score_of
from memorybank.config import Settings
from memorybank.errors import InvalidArgument, Violation
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.ports.documents import Order, Vector
from memorybank.ports.models import (
    Decision,
    DecisionRequest,
    Embedder,
    ExtractedFact,
    ExtractionRequest,
    LanguageModel,
    Purpose,
    Reviewer,
    ReviewRequest,
)
from memorybank.resources.engine import ReasoningEngine
from memorybank.resources.generation import GenerateMemoriesRequest
from memorybank.resources.names import EngineName
from memorybank.resources.operation import Operation
from memorybank.resources.wire import parse

_SCOPE = {"user_id": "somebody"}
_SYNC_WAIT = timedelta(seconds=300)


@dataclass
class Calls:
    """How often models were called."""

    extract: int = 0
    decide: int = 0
    review: int = 0
    embed: int = 0


class CountedModel:
    """A language model whose calls are counted."""

    def __init__(self, model: LanguageModel, calls: Calls) -> None:
        self._model, self._calls = model, calls

    def __getattr__(self, name: str) -> Any:
        """Return any other attribute of the model."""
        return getattr(self._model, name)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def extract(self, request: ExtractionRequest) -> list[ExtractedFact]:
        """Ask the model."""
        self._calls.extract += 1
        return self._model.extract(request)

    def decide(self, request: DecisionRequest) -> list[Decision]:
        """Ask the model."""
        self._calls.decide += 1
        return self._model.decide(request)

    def review(self, request: ReviewRequest) -> list[bool]:
        """Ask the model; one that gives no second opinions stands by its first."""
        if not isinstance(self._model, Reviewer):
            return [True] * len(request.changes)
        self._calls.review += 1
        return self._model.review(request)


class CountedEmbedder:
    """An embedder whose calls are counted."""

    def __init__(self, embedder: Embedder, calls: Calls) -> None:
        self._embedder, self._calls = embedder, calls

    def __getattr__(self, name: str) -> Any:
        """Return any other attribute of the embedder."""
        return getattr(self._embedder, name)

    def resolve(self, model: str | None) -> str:
        """Ask the embedder."""
        return self._embedder.resolve(model)

    def embed(self, texts: list[str], *, purpose: Purpose, model: str | None = None) -> list[Vector]:
        """Ask the embedder."""
        self._calls.embed += 1
        return self._embedder.embed(texts, purpose=purpose, model=model)


def run(settings: Settings, folder: Path, groups: Sequence[str], *, say: Callable[[str], None], verbose: bool) -> int:
    """Evaluate the configured model, print the scores, and return the exit code: 0 unless a conversation failed."""
    cases, calls = groups_named(read_cases(folder), groups), Calls()
    usual = embedded_adapters(settings)
    counted = CountedModel(usual.model, calls), CountedEmbedder(usual.embedder, calls)
    adapters = replace(usual, model=counted[0], embedder=counted[1])
    with Bank(settings, adapters):
        scores = {group: _judged(adapters, each) for group, each in cases.items()}
    if verbose:
        say("\n".join(wrong for score in scores.values() for wrong in score.wrong) + "\n")
    say(f"model: {usual.model.name}; embedder: {usual.embedder.resolve(None)}\n")
    say(report(scores, vars(calls)))
    return 1 if any(score.failed for score in scores.values()) else 0


def _judged(ports: Ports, cases: Iterable[Case]) -> Score:
    total = Score()
    for case in cases:
        total.add(judge(ports, case))
    return total


def read_cases(folder: Path) -> dict[str, list[Case]]:
    """Read the cases of a folder: one group per JSON file."""
    files = sorted(folder.glob("*.json"))
    if not files:
        raise InvalidArgument.of(Violation("cases", f"{folder} contains no .json files of cases"))
    return {file.stem: [parse(Case, each, prefix=file.name) for each in json.loads(file.read_text())] for file in files}


def judge(ports: Ports, case: Case) -> Score:
    """Hold the conversations of a case in a bank of its own and score the memories."""
    engine = EngineName("eval", "local", ports.ids.new())
    config = {"contextSpec": {"memoryBankConfig": case.bank}}
    engines.create(ports, engine, parse(ReasoningEngine, config))
    billed: Counter[tuple[str, str]] = Counter()
    for conversation in case.conversations:
        ended = _hold(ports, engine, conversation)
        billed += _billed(ended)
        if ended.error is not None:
            wrong = [f"{case.id}: {ended.error['message']}"]
            return Score(cases=1, failed=1, expected=len(case.expect), billed=billed, wrong=wrong)
    score = score_of(case, _facts(ports, engine))
    score.billed = billed
    return score


def _billed(operation: Operation) -> Counter[tuple[str, str]]:
    steps = (operation.usage or {}).items()
    return Counter({(step, kind): told[kind] for step, told in steps for kind in BILLED})


def _hold(ports: Ports, engine: EngineName, conversation: Conversation) -> Operation:
    """Generate from a conversation and return the operation when it has ended."""
    events = [
        {
            "content": {"role": turn.role, "parts": [{"text": turn.text}]},
            **({"eventTime": turn.time} if turn.time else {}),
        }
        for turn in conversation.turns
    ]
    body: dict[str, Any] = {"scope": _SCOPE, "directContentsSource": {"events": events}}
    if conversation.time_zone:
        body["timeZone"] = conversation.time_zone
    operation = accept.accept(ports, engine, parse(GenerateMemoriesRequest, body))
    parent, _, identifier = operation.name.rpartition("/operations/")
    ended = operations.wait(ports, engine, identifier, parent=parent, timeout=_SYNC_WAIT)
    while not ended.done:  # one wait may be too short for a model with retries
        ended = operations.wait(ports, engine, identifier, parent=parent, timeout=_SYNC_WAIT)
    return ended


def _facts(ports: Ports, engine: EngineName) -> list[str]:
    order = Order("create_time")
    page, _ = crud.list_page(ports, engine, scope=_SCOPE, accept=None, order=order, limit=1000, after=None)
    return [memory.fact or "" for memory in page]


def groups_named(found: dict[str, list[Case]], names: Iterable[str]) -> dict[str, list[Case]]:
    """Return the groups of those names, or all if no name is given."""
    wanted = list(names)
    unknown = sorted(set(wanted) - set(found))
    if unknown:
        raise InvalidArgument.of(
            Violation("groups", f"there is no group {unknown[0]}; the groups are {', '.join(found)}")
        )
    return {group: cases for group, cases in found.items() if not wanted or group in wanted}
