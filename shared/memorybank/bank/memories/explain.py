"""Explanations: what a memory was taken from, how often it was said, and who decided what about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from memorybank.bank.listing import LARGE_AT_ONCE, Cursor, check_cursor, page_of
from memorybank.bank.memories import revisions
from memorybank.bank.memories.origin import CONFIRMING
from memorybank.bank.memories.records import MemoryRecord, record_of
from memorybank.bank.ports import Ports
from memorybank.errors import NotFound
from memorybank.ports.documents import Data, Document, Query, Where
from memorybank.resources.explanation import ExplainedRevision, MemoryExplanation, RevisionAction
from memorybank.resources.names import name_of
from memorybank.resources.stored_data import read_stored


def explain(ports: Ports, path: str, *, limit: int, after: Cursor | None) -> tuple[MemoryExplanation, Cursor | None]:
    """Return why the memory at a document path says what it says, with a page of its revisions.

    A deleted memory is explained, too, as long as it can be restored.
    """
    now = ports.clock.now()
    life = revisions.life_of(ports, path)
    query = Query(
        collection=f"{path}/revisions",
        where=(Where("sequence", ">=", life.first_sequence),),
        order=revisions.NEWEST,
        after=after,
    )
    check_cursor(query)
    newer = ports.store.get(after[-1]) if after is not None else None
    found, cursor = page_of(
        ports.store,
        query,
        limit=limit,
        read=lambda document: document if document.data["expire_time"] > now else None,
        at_once=min(limit + 1, LARGE_AT_ONCE),
    )
    record = life.record or _last_state(ports, query)
    explanation = MemoryExplanation(
        memory=record.memory,
        evidence_count=record.evidence,
        last_confirmed_time=record.said or now,
        delete_time=None if life.deletion is None else life.deletion.data["create_time"],
        purge_time=None if life.deletion is None else life.deletion.data["expire_time"],
        revisions=list(_explained(found, newer)),
    )
    if after is None and life.record and explanation.revisions:
        _end_without_revision(explanation.revisions[0], life.record)
    return explanation, cursor


def _last_state(ports: Ports, query: Query) -> MemoryRecord:
    """Return a deleted memory as it was before: as the revision next to that of its deletion holds it."""
    for document in ports.store.query(Query(query.collection, where=query.where, order=query.order, limit=2)):
        if document.data.get("snapshot"):
            return record_of(revisions.state_in(document))
    raise NotFound(f"memory {name_of(query.collection.rpartition('/')[0])} does not exist")


def _explained(found: Sequence[Document], newer: Document | None) -> Iterator[ExplainedRevision]:
    """Yield revisions with their reasons, newest first; `newer` is the one before the first of them."""
    for document in found:
        yield _revision(document, newer)
        newer = document


def _revision(document: Document, newer: Document | None) -> ExplainedRevision:
    data = document.data
    reasons: Data = data.get("reasons") or {}
    snapshot: Data = data.get("snapshot") or {}
    _, produced_by = revisions.labels_of(data)
    prompt, _, model = (produced_by.get("consolidation") or produced_by.get("extraction") or "").rpartition(" ")
    return read_stored(
        ExplainedRevision,
        {
            **reasons,
            "name": name_of(document.path),
            "create_time": data["create_time"],
            "event_time": revisions.event_time(data),
            "end_time": _end(document, newer),
            "action": reasons.get("action") or _action(data),
            **{field: snapshot.get(field) for field in ("fact", "since", "until")},
            "model": model or None,
            "prompt_version": prompt or None,
            "produced_by": produced_by,
        },
    )


def _end_without_revision(newest: ExplainedRevision, current: MemoryRecord) -> None:
    """Tell when the fact of the newest revision ended if what took its place left no revision, or a short-lived one."""
    if newest.fact != current.fact and current.evidence == 1:  # what is only completed is counted on
        newest.end_time = current.said


def _end(document: Document, newer: Document | None) -> datetime | None:
    """Return when the fact of a revision stopped holding, None if it holds or has only been completed."""
    fact = _fact(document)
    if newer is None or fact in (None, _fact(newer)) or (newer.data.get("reasons") or {}).get("relation") in CONFIRMING:
        return None
    return revisions.event_time(newer.data)


def _fact(document: Document) -> str | None:
    return (document.data.get("snapshot") or {}).get("fact")


def _action(data: Data) -> RevisionAction:
    """Return what a revision of an earlier version did, as far as it shows."""
    if data.get("deleted"):
        return "DELETED"
    if data.get("restores"):
        return "RESTORED"
    return "CREATED" if data["sequence"] == data.get("first_sequence") else "UPDATED"
