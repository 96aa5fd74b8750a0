"""The client that creates records in batches: how many requests it sends at once, and what it says of failures."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from memorybank.client import transfer
from memorybank.client.bank import BankClient, Engine
from memorybank.client.transfer import FORMAT, VERSION, Record, create_records
from memorybank.client.transport import Answer
from memorybank.commands.importers.bank import records_of
from memorybank.errors import PermissionDenied
from tests.waiting import PATIENCE

_FORBIDDEN = {"error": {"code": 403, "message": "not for you", "status": "PERMISSION_DENIED"}}
_RECORDS = [Record("memory", {"memory": {"fact": f"I own {number} pens"}}) for number in range(2000)]


class _Bank:
    """Answers the requests of an import; each waits for so many others.

    The operation of what it `waits` for never ends, and nothing is refused before somebody has asked for it.
    """

    def __init__(self, *, together: int, refuses: str = "nothing", waits: str = "nothing") -> None:
        self.sizes: list[int] = []
        self.largest = 0
        self._refuses, self._waits = refuses, waits
        self._polled = threading.Event()
        self._all = threading.Barrier(together)

    def __call__(
        self, url: str, method: str, path: str, *, body: bytes | None, headers: Mapping[str, str], timeout: float
    ) -> Answer:
        del url, method, path, headers, timeout
        self._all.wait(PATIENCE)
        if self._refuses in (body or b"").decode():
            assert self._waits == "nothing" or self._polled.wait(PATIENCE)
            return Answer(403, json.dumps(_FORBIDDEN).encode())
        if body is None or self._waits in body.decode():
            if body is None:
                self._polled.set()
            return Answer(200, b'{"name": "operations/1"}')
        self.largest = max(self.largest, len(body or b""))
        count = len(json.loads(body or b"")["memories"])
        self.sizes.append(count)
        done = {"name": "operations/1", "done": True, "metadata": {"value": {"createdCount": count}}}
        return Answer(200, json.dumps(done).encode())

    def engine(self, url: str) -> Engine:
        return BankClient(url, token="t", exchange=self).engine("projects/p/locations/l/reasoningEngines/1")


def test_a_bank_elsewhere_is_sent_four_requests_at_once() -> None:
    bank = _Bank(together=4)
    counts = [each["createdCount"] for each in create_records(bank.engine("https://bank.example"), _RECORDS)]
    assert counts == bank.sizes == [500] * 4


def test_a_bank_on_this_machine_is_sent_one_request_after_the_other() -> None:
    bank = _Bank(together=1)
    found = create_records(bank.engine("http://127.0.0.1:8080"), _RECORDS)
    assert next(found) == {"createdCount": 500}
    assert bank.sizes == [500], "nothing is sent ahead"
    assert len(list(found)) == 3


def test_the_first_refusal_ends_an_import() -> None:
    bank = _Bank(together=4, refuses="I own 700 pens")
    found = create_records(bank.engine("https://bank.example"), _RECORDS)
    assert next(found) == {"createdCount": 500}
    with pytest.raises(PermissionDenied, match="not for you"):
        next(found)


def test_nobody_waits_for_the_operations_of_an_import_that_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "_LOOK", 0.1)
    bank = _Bank(together=1, refuses="I own 0 pens", waits="I own 700 pens")
    with pytest.raises(PermissionDenied, match="not for you"):
        list(create_records(bank.engine("https://bank.example"), _RECORDS[:1000]))


def test_no_request_is_larger_than_a_bank_takes_whatever_the_letters(tmp_path: Path) -> None:
    """A letter that has four bytes in the file has twelve in a request."""
    file, fact = tmp_path / "bank.jsonl", "\U0001f600" * 2048
    lines: list[dict[str, object]] = [{"kind": "head", "format": FORMAT, "version": VERSION}]
    lines += [{"kind": "memory", "memory": {"fact": f"{number} {fact}"}} for number in range(400)]
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    bank = _Bank(together=1)
    found = create_records(bank.engine("http://127.0.0.1:8080"), records_of(file))
    assert sum(each["createdCount"] for each in found) == 400
    assert 3_000_000 < bank.largest < 4_100_000
