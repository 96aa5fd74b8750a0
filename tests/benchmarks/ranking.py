"""How well each ranking finds one of many memories: a hundred queries of five kinds, without a server.

    python -m tests.benchmarks.ranking [--crowd] [--embeddings NAME] [--dimensions N]

With `--crowd`, the facts of `memorybank eval` are memories, too. `--embeddings` names an embedder, as
MEMORYBANK_EMBEDDINGS does, and `--dimensions` is the length of its vectors.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from memorybank.adapters import make_embedder
from memorybank.bank.memories.retrieve import retrieve_similar
from memorybank.config import Settings
from memorybank.ports.documents import Create
from memorybank.ports.models import Embedder, Purpose
from memorybank.resources.config import Ranking
from memorybank.resources.retrieval import RetrieveMemoriesRequest
from memorybank.resources.wire import parse
from tests.unit.policy import SCOPE, Policy, open_policy

QUERIES = Path(__file__).parent.parent / "data" / "ranking" / "queries.json"
_AT_ONCE, _TOP = 100, 10


@dataclass(frozen=True)
class Asked:
    """A query, its kind, and the fact that it should find."""

    kind: str
    query: str
    fact: str


@dataclass(frozen=True)
class Places:
    """At which places right facts were found, by kind of query; none beyond the tenth."""

    by_kind: Mapping[str, Sequence[int | None]]

    def hits(self, top: int, kind: str | None = None) -> float:
        """Return the share of queries whose fact is among the first results."""
        return statistics.fmean(place is not None and place <= top for place in self._all(kind))

    @property
    def reciprocal(self) -> float:
        """The mean reciprocal rank."""
        return statistics.fmean(1 / place if place else 0.0 for place in self._all(None))

    def _all(self, kind: str | None) -> list[int | None]:
        return [place for name, places in self.by_kind.items() if kind in (None, name) for place in places]


def asked() -> list[Asked]:
    """Return the queries."""
    return [Asked(*row) for row in json.loads(QUERIES.read_text())]


def crowd() -> Iterator[str]:
    """Yield the facts that decisions of `memorybank eval` are about, in 16 languages."""
    for file in files("memorybank.commands").joinpath("decision_pairs").iterdir():
        for pair in json.loads(file.read_text()):
            yield from (pair["known"], pair["new"])


def bank(ranking: str, facts: Sequence[str], embedder: Embedder | None = None) -> Policy:
    """Return a bank that knows the facts."""
    policy = open_policy(config={"similaritySearchConfig": {"ranking": ranking}}, embedder=embedder)
    like = policy.ports.store.get(policy.remember(facts[0]))
    if like is None:
        raise RuntimeError("the memory to copy is not there")
    for start in range(1, len(facts), _AT_ONCE):
        some = facts[start : start + _AT_ONCE]
        vectors = policy.ports.embedder.embed([*some], purpose=Purpose.DOCUMENT)
        documents = (
            {**like.data, "fact": fact, "embedding": vector} for fact, vector in zip(some, vectors, strict=True)
        )
        paths = (policy.engine.child("memories", f"m{start + number}") for number in range(len(some)))
        policy.ports.store.commit([*map(Create, paths, documents)])
    return policy


def measure(policy: Policy, queries: Sequence[Asked], *, top: int = _TOP) -> Places:
    """Return the places at which a bank finds the facts."""
    found: dict[str, list[int | None]] = defaultdict(list)
    for each in queries:
        params = {"searchQuery": each.query, "topK": top}
        request = parse(RetrieveMemoriesRequest, {"scope": SCOPE, "similaritySearchParams": params})
        facts = [hit.memory.fact for hit in retrieve_similar(policy.ports, policy.engine, request, accept=None)]
        found[each.kind].append(facts.index(each.fact) + 1 if each.fact in facts else None)
    return Places(found)


def main() -> None:
    """Print a line per ranking."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crowd", action="store_true")
    parser.add_argument("--embeddings", default="offline")
    parser.add_argument("--dimensions", type=int, default=768)
    arguments = parser.parse_args()
    queries = asked()
    facts = list(dict.fromkeys([*(each.fact for each in queries), *(crowd() if arguments.crowd else ())]))
    chosen = Settings(models="offline", embeddings=arguments.embeddings, embedding_dimensions=arguments.dimensions)
    embedder = make_embedder(chosen)
    print(f"{len(queries)} queries to {len(facts)} memories")
    for ranking in Ranking:
        policy = bank(ranking.name, facts, embedder)
        few, many = (measure(policy, queries, top=top) for top in (3, _TOP))
        kinds = ", ".join(f"{kind} {few.hits(3, kind):.2f}" for kind in few.by_kind)
        print(
            f"{ranking.name:10} hit@3 {few.hits(3):.2f} hit@10 {many.hits(10):.2f} MRR {many.reciprocal:.3f} ({kinds})"
        )


if __name__ == "__main__":
    main()
