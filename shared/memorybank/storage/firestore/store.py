"""The Firestore adapter of the `DocumentStore` port: one call of Firestore per call of the port."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from memorybank.errors import Aborted, FailedPrecondition, NotFound
from memorybank.ports.documents import (
    Create,
    Document,
    Hit,
    Nearest,
    Patch,
    Query,
    Version,
    Write,
)
from memorybank.storage.firestore import messages
from memorybank.storage.firestore.codec import check_field, decode_fields
from memorybank.storage.firestore.commit import is_conditional, prepare, version_of
from memorybank.storage.firestore.connection import Connection, connect
from memorybank.storage.firestore.messages import Message
from memorybank.storage.firestore.query import (
    DISTANCE,
    descending_from,
    is_empty,
    matched,
    parent_of,
    searched,
    selected,
    split,
)

_COUNT = "count"


class FirestoreStore:
    """A `DocumentStore` in a Firestore database of a project.

    The channel is made by `connect` on first use, so that a store may be made before a process forks. A version is the
    time of the last change in nanoseconds: a write that changes nothing keeps it. A call that
    fails in passing is repeated for `retry_seconds`; a commit only if it cannot have been applied, or cannot be twice.
    """

    def __init__(
        self,
        project: str,
        *,
        database: str = "(default)",
        connect: Callable[[], Any] = connect,
        retry_seconds: float = 15.0,
    ) -> None:
        self._database = f"projects/{project}/databases/{database}"
        self._root = f"{self._database}/documents"
        self._connection = Connection(self._database, connect, retry_seconds=retry_seconds)

    def get(self, path: str, *, fields: Sequence[str] | None = None) -> Document | None:
        """Return the document at `path`, or None."""
        return self.get_many((path,), fields=fields)[0]

    def get_many(self, paths: Sequence[str], *, fields: Sequence[str] | None = None) -> list[Document | None]:
        """Return the documents at `paths`, in that order, with None for each that does not exist."""
        for path in paths:
            split(path)
        if not paths:
            return []
        request = messages.BatchGetDocumentsRequest(
            database=self._database,
            documents=[f"{self._root}/{path}" for path in dict.fromkeys(paths)],
            mask=None if fields is None else messages.DocumentMask(field_paths=map(check_field, fields)),
        )
        answers = self._connection.stream("BatchGetDocuments", request)
        found = [self._document(answer.found) for answer in answers if answer.WhichOneof("result") == "found"]
        by_path = {document.path: document for document in found}
        return [by_path.get(path) for path in paths]

    def query(self, query: Query) -> list[Document]:
        """Return at most `query.limit` documents."""
        parent, structured = parent_of(query), selected(query, self._root)
        return [] if is_empty(query.where) else [*map(self._document, self._run(parent, structured))]

    def count(self, query: Query) -> int:
        """Return how many documents match."""
        parent, structured = parent_of(query), matched(query)
        if is_empty(query.where):
            return 0
        request = messages.RunAggregationQueryRequest(
            parent=self._name(parent),
            structured_aggregation_query={
                "structured_query": structured,
                "aggregations": [{"alias": _COUNT, "count": {}}],
            },
        )
        (answer,) = self._connection.stream("RunAggregationQuery", request)
        matches: int = answer.result.aggregate_fields[_COUNT].integer_value
        return matches

    def nearest(self, search: Nearest) -> list[Hit]:
        """Return the documents nearest to a vector; Firestore keeps vectors in double precision."""
        parent, structured = parent_of(Query(search.collection)), searched(search)
        if is_empty(search.where):
            return []
        return [
            Hit(self._document(found), found.fields[DISTANCE].double_value) for found in self._run(parent, structured)
        ]

    def scrub(self) -> None:
        """Do nothing: there are no local files. Old versions and backups expire by the database's own settings."""

    def below(self, path: str, *, limit: int) -> list[str]:
        """Return the paths of at most `limit` documents below a document or collection path, at any depth."""
        parent, structured = descending_from(path, limit=limit, root=self._root)
        return [self._path(found.name) for found in self._run(parent, structured)]

    def commit(self, writes: Sequence[Write]) -> list[Version]:
        """Apply all writes or none; return each document's new version, in order."""
        request = prepare(writes, database=self._database, root=self._root)
        if not writes:
            return []
        try:
            answer = self._connection.commit(request, conditional=is_conditional(writes))
        except FailedPrecondition as error:
            raise self._conflict(writes, error) from error.__cause__
        return [version_of(result.update_time) for result in answer.write_results]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _conflict(self, writes: Sequence[Write], error: FailedPrecondition) -> Exception:
        """Return the error for a refused commit: Firestore does not tell a stale version from a missing document."""
        patched = [write.path for write in writes if isinstance(write, Patch)]
        if not patched and all(isinstance(write, Create) or write.version is None for write in writes):
            return error
        for path, document in zip(patched, self.get_many(patched, fields=()), strict=True):
            if document is None:
                return NotFound(f"{path} does not exist")
        return Aborted("a document was changed in the meantime")

    def _run(self, parent: str, structured: Message) -> list[Message]:
        request = messages.RunQueryRequest(parent=self._name(parent), structured_query=structured)
        # An answer without a document only reports progress.
        return [
            answer.document for answer in self._connection.stream("RunQuery", request) if answer.HasField("document")
        ]

    def _document(self, found: Message) -> Document:
        fields = {name: value for name, value in found.fields.items() if name != DISTANCE}
        return Document(self._path(found.name), decode_fields(fields), version_of(found.update_time))

    def _name(self, path: str) -> str:
        return f"{self._root}/{path}" if path else self._root

    def _path(self, name: str) -> str:
        return name[len(self._root) + 1 :]
