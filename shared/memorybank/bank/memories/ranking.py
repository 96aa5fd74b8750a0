"""Which of the memories that a search has found are returned, in which order, and why.

The store finds the nearest by their vectors. Of these candidates the most relevant are chosen:

    relevance = 0.7 * dense + 0.3 * lexical
    relevance = (1 - weight) * (0.7 * dense + 0.3 * lexical) + weight * recency    if the request weighs recency

`dense` is the cosine, 1 - distance²/2; `lexical.py` says what `lexical` is; `recency` is 0.5 ** (age / half-life), and
the age is the time since the fact was last said. All of it is in what the search has read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from memorybank.bank.memories.found import FoundMemory
from memorybank.bank.memories.lexical import Match, matches
from memorybank.bank.memories.searching import Hits
from memorybank.ports.documents import Document
from memorybank.resources.config import Ranking
from memorybank.resources.retrieval import Explanation, Ranks, RecencyParams, Scores

CANDIDATES = 30
"""How many of the nearest memories are candidates, at least: what is farther is hardly ever relevant."""

_MORE_CANDIDATES, _MOST_CANDIDATES = 50, 100
_LEXICAL = 0.3
_HALF_LIFE = timedelta(days=30)  # of the recency that is explained where the request does not weigh it
_DIGITS = 6


@dataclass(frozen=True)
class Candidate:
    """A memory that a search has found: its place by distance, from 1, and its scores."""

    document: Document
    distance: float
    place: int
    match: Match
    recency: float

    @property
    def dense(self) -> float:
        """The cosine of its vector and the query's."""
        return 1 - self.distance**2 / 2


@dataclass(frozen=True)
class Ranker:
    """Ranks what one search has found; `limit` results are asked for, `now`."""

    query: str
    limit: int
    ranking: str
    now: datetime
    recency: RecencyParams | None = None
    explain: bool = False

    @property
    def candidates(self) -> int:
        """How many of the nearest memories to search for."""
        if self.ranking == Ranking.DISTANCE.name:
            return self.limit
        return max(CANDIDATES, min(5 * self.limit, _MORE_CANDIDATES), min(2 * self.limit, _MOST_CANDIDATES))

    def choose(self, hits: Hits) -> list[FoundMemory]:
        """Return the results, in their order."""
        hits = sorted(hits, key=lambda hit: hit[0])
        all_fit = len(hits) <= self.limit and self.ranking == Ranking.HYBRID.name
        if not self.explain and (all_fit or self.ranking == Ranking.DISTANCE.name):
            return [FoundMemory(document, distance) for distance, document in hits[: self.limit]]
        found = self._candidates(hits)
        chosen = found[: self.limit]
        if self.ranking != Ranking.DISTANCE.name:
            chosen = sorted(found, key=self._relevance, reverse=True)[: self.limit]  # of equals, the nearest first
        if self.ranking == Ranking.HYBRID.name:
            chosen.sort(key=lambda each: each.place)
        explanations = explained(chosen, found) if self.explain else [None] * len(chosen)
        return [FoundMemory(each.document, each.distance, why) for each, why in zip(chosen, explanations, strict=True)]

    def _candidates(self, hits: Hits) -> list[Candidate]:
        weighs = self.explain or self.recency is not None
        found = matches(self.query, [document.data["fact"] or "" for _, document in hits])
        return [
            Candidate(document, distance, place, match, self._recency(document) if weighs else 0.0)
            for place, ((distance, document), match) in enumerate(zip(hits, found, strict=True), start=1)
        ]

    def _relevance(self, candidate: Candidate) -> float:
        relevance = (1 - _LEXICAL) * candidate.dense + _LEXICAL * candidate.match.score
        if self.recency is None:
            return relevance
        return (1 - self.recency.weight) * relevance + self.recency.weight * candidate.recency

    def _recency(self, document: Document) -> float:
        said = document.data.get("said_time") or document.data["update_time"]
        half_life = self.recency.half_life if self.recency else _HALF_LIFE
        return float(0.5 ** (max(timedelta(0), self.now - said) / half_life))


def explained(chosen: Sequence[Candidate], found: Sequence[Candidate]) -> list[Explanation]:
    """Return why each of the `chosen` is among the results, of all that were `found`."""
    better = sorted((each.match.score for each in found), reverse=True)

    def explain(each: Candidate) -> Explanation:
        place = better.index(each.match.score) + 1 if each.match.terms else None
        scores = (round(score, _DIGITS) for score in (each.dense, each.match.score, each.recency))
        return Explanation(
            scores=Scores(**dict(zip(Scores.model_fields, scores, strict=True))),
            matched_terms=list(each.match.terms),
            ranks=Ranks(dense=each.place, lexical=place),
            reason=_reason(each, place, len(found)),
        )

    return [explain(each) for each in chosen]


def _reason(each: Candidate, place: int | None, count: int) -> str:
    words = f"number {place} by shared words ({', '.join(each.match.terms)})" if place else "no word in common"
    return f"Number {each.place} of {count} by distance, {words}."
