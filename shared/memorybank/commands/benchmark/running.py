"""Runs a benchmark: ingests its histories, asks its questions, and reports; all of it can be stopped and resumed."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from memorybank.commands.benchmark.asking import Asker, Reader
from memorybank.commands.benchmark.data import History, digest_of
from memorybank.commands.benchmark.ingesting import (
    DATED,
    GENERATED,
    OBSERVATIONS,
    doubled,
    ingest,
    open_engine,
    steps_of,
)
from memorybank.commands.benchmark.journal import Journal
from memorybank.commands.benchmark.measures import Prices, costs, intervals, speed, table
from memorybank.commands.terminal import Progress
from memorybank.config import Settings
from memorybank.errors import InvalidArgument, Violation
from memorybank.local.bank import Bank, LocalAdapters
from memorybank.models.prompted import PromptedModel
from memorybank.resources.config import Ranking

JOURNAL, DATABASE = "journal.jsonl", "bank.db"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is run: a benchmark's file, how its memories are made, and what is asked of a model."""

    benchmark: str
    path: Path
    work: Path
    memories: str
    most: int
    ranking: str = Ranking.HYBRID.name
    by_session: bool = False
    limit: int | None = None
    answers: bool = False
    judge: str | None = None
    threads: int = 4
    prices: Prices = field(default_factory=Prices)


def run(plan: Plan, histories: Sequence[History], adapters: LocalAdapters, *, settings: Settings) -> list[str]:
    """Run a benchmark in a bank, which must be the same one each time, and return the lines of the report."""
    try:
        _check(plan, histories)
        reader = _reader(plan, adapters)
        journal = Journal(plan.work / JOURNAL, run=_identity(plan, adapters))
        with Bank(settings, adapters):
            open_engine(adapters, plan.ranking)
            _ingest(plan, histories, adapters, journal=journal)
            _ask(plan, histories, adapters, reader=reader, journal=journal)
    finally:
        adapters.store.close()
    return _report(plan, histories, adapters, journal=journal)


def _check(plan: Plan, histories: Sequence[History]) -> None:
    if not any(history.questions for history in histories):
        raise InvalidArgument.of(Violation("path", f"{plan.path} has no questions"))
    if names := doubled(histories):
        raise InvalidArgument.of(Violation("path", f"{plan.path} has several entries with the id {names[0]}"))
    if plan.memories in (OBSERVATIONS, DATED) and not any(history.observations for history in histories):
        raise InvalidArgument.of(Violation("memories", f"{plan.path} has no observations: use turns, or generated"))


def _reader(plan: Plan, adapters: LocalAdapters) -> Reader | None:
    if not plan.answers:
        return None
    if not isinstance(adapters.model, PromptedModel):
        says = f"needs a language model, which {adapters.model.name} is not: set MEMORYBANK_MODELS to gemini or openai"
        raise InvalidArgument.of(Violation("answers", says))
    return Reader(adapters.model, judge=plan.judge)


def _identity(plan: Plan, adapters: LocalAdapters) -> dict[str, object]:
    """Return what must be the same for a run to go on."""
    return {
        "benchmark": plan.benchmark,
        "file": digest_of(plan.path),
        "memories": plan.memories,
        "top_k": plan.most,
        "ranking": plan.ranking,
        "level": "session" if plan.by_session else "turn",
        "embedder": adapters.embedder.resolve(None),
        "model": adapters.model.name,
        "answers": plan.answers,
        "judge": plan.judge,
    }


def _ingest(plan: Plan, histories: Sequence[History], adapters: LocalAdapters, *, journal: Journal) -> None:
    progress = Progress("ingested", sum(steps_of(history, plan.memories) for history in histories))
    count = 0

    def done() -> None:
        nonlocal count
        count += 1
        progress.show(count)

    for history in histories:
        ingest(adapters, history, memories=plan.memories, journal=journal, done=done)
    progress.end()


def _ask(
    plan: Plan, histories: Sequence[History], adapters: LocalAdapters, *, reader: Reader | None, journal: Journal
) -> None:
    asker = Asker(ports=adapters, memories=plan.memories, most=plan.most, by_session=plan.by_session, reader=reader)
    left = [
        (history, question)
        for history in histories
        for question in history.questions
        if question.id not in journal.outcomes
    ]
    progress = Progress("asked", len(left))
    with ThreadPoolExecutor(plan.threads) as pool:
        asked = [pool.submit(asker.ask, *each) for each in left]
        try:
            for count, future in enumerate(asked, 1):
                outcome, answer = future.result()
                journal.add_outcome(outcome, answer=answer)
                progress.show(count)
        finally:
            for future in asked:
                future.cancel()
    progress.end()


def _report(plan: Plan, histories: Sequence[History], adapters: LocalAdapters, *, journal: Journal) -> list[str]:
    questions = [question.id for history in histories for question in history.questions]
    outcomes = [journal.outcomes[name] for name in questions]
    level = "sessions" if plan.by_session or plan.memories == GENERATED else "turns"
    usages = chain(journal.ingested.values(), (each.usage for each in journal.outcomes.values()))
    return [
        f"{plan.benchmark}: {len(histories)} histories, memories: {plan.memories}, measured by {level}",
        f"model: {adapters.model.name}; embedder: {adapters.embedder.resolve(None)}",
        "",
        *table(outcomes, most=plan.most),
        *intervals(outcomes, most=plan.most),
        "",
        speed(outcomes),
        *costs(usages, plan.prices),
    ]
