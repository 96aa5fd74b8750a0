"""The labelled pairs of facts: how many bad decisions pass the guards, and how many good ones are refused."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from memorybank.commands.decision_scoring import FOLDER, labelled, report


def test_hardly_a_bad_decision_passes_and_hardly_a_good_one_is_refused() -> None:
    passed, refused, count = Counter[str](), 0, Counter[str]()
    for each in labelled():
        kind = f"{each.decision.action.value} {'good' if each.good else 'bad'}"
        count[kind] += 1
        passed[kind] += each.passes
        refused += each.good and not each.passes
    assert passed["keep bad"] <= 0.01 * count["keep bad"]
    assert passed["update bad"] <= 0.02 * count["update bad"]
    assert passed["delete bad"] <= 0.02 * count["delete bad"]
    assert refused <= 0.04 * sum(count[kind] for kind in count if kind.endswith("good"))


def test_the_pairs_are_many_and_in_many_languages() -> None:
    pairs = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in FOLDER.glob("*.json")}
    assert len(pairs) >= 12
    assert sum(map(len, pairs.values())) >= 300


def test_the_report_counts_and_names_mistakes(tmp_path: Path) -> None:
    made = [{"action": "KEEP", "good": True}, {"action": "UPDATE", "text": "I own an oboe.", "good": False}]
    pair = {"relation": "same", "known": "I play the oboe.", "new": "I paint.", "decisions": made}
    (tmp_path / "en.json").write_text(json.dumps([pair]))
    lines = list(report(tmp_path))
    assert "      same    0/1       1/1   " in lines
    assert lines[-1] == "refused: keep 'I play the oboe.', 'I paint.'"
