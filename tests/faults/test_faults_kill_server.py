"""A bank that is killed under load loses and doubles nothing that it has acknowledged."""

from __future__ import annotations

from tests.faults.kill_server import run


def test_what_was_acknowledged_outlives_kills() -> None:
    told: list[str] = []
    assert run(5, say=told.append) == []
    assert "created" in told[0]
    assert "ingested" in told[0]
