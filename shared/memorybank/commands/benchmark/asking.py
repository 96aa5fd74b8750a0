"""Asks the questions of a benchmark: searches a bank, has a model answer from the memories, and judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from memorybank.bank.memories import retrieve
from memorybank.bank.memories.found import FoundMemory
from memorybank.bank.ports import Ports
from memorybank.commands.benchmark.data import History, Question, session_of
from memorybank.commands.benchmark.ingesting import ENGINE, GENERATED, REF, scopes_of
from memorybank.commands.benchmark.measures import Outcome
from memorybank.models.prompted import PromptedModel
from memorybank.models.usage import Meter, metered
from memorybank.prompts.benchmark import judge_prompt, reader_prompt
from memorybank.resources.retrieval import MAX_RESULTS, RetrieveMemoriesRequest
from memorybank.resources.wire import parse

_PER_SESSION = 4
"""How many memories are searched for each session that is to be found: several may be of one session."""


@dataclass(frozen=True)
class Reader:
    """Who answers and who judges: a model, and the names of the models to use, None for its default."""

    model: PromptedModel
    judge: str | None = None

    def answer(self, question: Question, hits: Sequence[FoundMemory]) -> str:
        """Return the answer to a question."""
        notes = [hit.memory.fact or "" for hit in hits]
        return self.model.ask("answer", reader_prompt(question.text, notes, asked=question.asked)).answer

    def is_correct(self, question: Question, answer: str) -> bool:
        """Tell whether an answer is right."""
        prompt = judge_prompt(question.text, right=question.answer, given=answer, rule=question.rule)
        return self.model.ask("judge", prompt, model=self.judge).correct


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Asks one bank, whose memories were made in one way. Measures by turns, or `by_session`."""

    ports: Ports
    memories: str
    most: int
    by_session: bool = False
    reader: Reader | None = None

    def ask(self, history: History, question: Question) -> tuple[Outcome, str | None]:
        """Return what came of a question, and the answer if a model gave one."""
        answer = correct = None
        with metered(Meter()) as meter:
            began = perf_counter()
            hits = self._search(history, question)
            seconds = perf_counter() - began
            if self.reader is not None:
                answer = self.reader.answer(question, hits[: self.most])
                correct = self.reader.is_correct(question, answer)
        outcome = Outcome(
            id=question.id,
            kind=question.kind,
            evidence=self._level(question.evidence),
            found=tuple(map(_ref, hits)),
            counted=question.counted,
            correct=correct,
            seconds=seconds,
            usage=meter.summary(),
        )
        return (outcome.by_session() if self.by_session else outcome), answer

    def _search(self, history: History, question: Question) -> list[FoundMemory]:
        """Return what is found in a history, as the bank ranks it; of several scopes, the nearest first."""
        most = min(self.most * _PER_SESSION if self.by_session else self.most, MAX_RESULTS)
        found: list[FoundMemory] = []
        scopes = scopes_of(history, self.memories)
        for scope in scopes:
            body = {"scope": scope, "similaritySearchParams": {"searchQuery": question.text, "topK": most}}
            found += retrieve.retrieve_similar(self.ports, ENGINE, parse(RetrieveMemoriesRequest, body), accept=None)
        return found if len(scopes) == 1 else sorted(found, key=lambda hit: hit.distance or 0.0)[:most]

    def _level(self, evidence: frozenset[str]) -> frozenset[str]:
        """Return evidence at the level that memories tell of: those that a model made know their session only."""
        return frozenset(map(session_of, evidence)) if self.memories == GENERATED else evidence


def _ref(hit: FoundMemory) -> str:
    value = hit.memory.metadata.get(REF)
    return (value.string_value if value else None) or ""
