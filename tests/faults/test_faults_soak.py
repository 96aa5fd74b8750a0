"""The program that looks for growth runs, and tells growth from noise."""

from __future__ import annotations

import pytest

from tests.faults.soak import Sample, grown, run


def test_a_bank_works_for_a_moment_while_it_is_looked_at() -> None:
    told: list[str] = []
    run(3, say=told.append)
    assert len(told) > 5
    assert all("MiB" in line for line in told)


def _samples(*, memory: float = 0.0, files: float = 0.0, tasks: float = 0.0) -> list[Sample]:
    """Return 30 minutes in which something grows by so much a second, after five in which all of it does."""
    return [
        Sample(
            at,
            int(1e8 + min(at, 300) * 1e5 + at * memory + at % 7 * 1e5),
            int(40 + at * files + at % 3),
            int(at * tasks + at % 5),
        )
        for at in range(0, 1800, 5)
    ]


@pytest.mark.parametrize(
    ("growth", "told"),
    [({}, None), ({"memory": 1e4}, "memory"), ({"files": 0.02}, "open files"), ({"tasks": 0.2}, "tasks")],
)
def test_growth_is_told(growth: dict[str, float], told: str | None) -> None:
    found = grown(_samples(**growth), seconds=1800)
    assert ([told is not None and told in each for each in found]) == ([] if told is None else [True])
