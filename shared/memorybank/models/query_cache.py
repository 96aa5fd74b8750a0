"""Vectors of queries that were asked lately: agents ask the same again and again, and each embedding is a call."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

from memorybank.ports.documents import Vector
from memorybank.ports.models import Embedder, Purpose

MOST = 256
"""The most vectors that are kept: about 6 MB of 768 numbers each."""


class QueryCache:
    """An embedder in front of another one, that embeds a query again only if it was not among the last ones.

    Queries are known by their hashes: their text is not kept. Facts always go to the embedder behind.
    """

    def __init__(self, embedder: Embedder, *, most: int = MOST) -> None:
        self._embedder, self._most = embedder, most
        self._kept: OrderedDict[tuple[str, bytes], Vector] = OrderedDict()
        self._lock = threading.Lock()

    def resolve(self, model: str | None) -> str:
        """Return the name under which the vectors of a model are stored."""
        return self._embedder.resolve(model)

    def embed(self, texts: list[str], *, purpose: Purpose, model: str | None = None) -> list[Vector]:
        """Return one vector per text, in order."""
        if purpose is not Purpose.QUERY or len(texts) != 1:
            return self._embedder.embed(texts, purpose=purpose, model=model)
        key = self.resolve(model), hashlib.sha256(texts[0].encode(errors="surrogatepass")).digest()
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
                return [known]
        found = self._embedder.embed(texts, purpose=purpose, model=model)
        with self._lock:
            self._kept[key] = found[0]
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found

    def close(self) -> None:
        """Close the embedder behind, if it has anything to close."""
        close = getattr(self._embedder, "close", None)
        if close is not None:
            close()
