"""Workers on Firestore and Cloud Tasks that are killed under load lose and double nothing that was acknowledged."""

from __future__ import annotations

from tests.faults.kill_workers import run


def test_what_was_acknowledged_outlives_the_deaths_of_workers(firestore_emulator: str) -> None:
    told: list[str] = []
    assert run(3, firestore=firestore_emulator, say=told.append, longest=0.5) == []
    assert "generated" in told[0]
    assert "ingested" in told[0]
