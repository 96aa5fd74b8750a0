"""The evaluation counts what is right and wrong about memories, and runs over every case that is kept."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from memorybank.errors import InvalidArgument
from memorybank.local.command_line import main
from memorybank.local.evaluation import groups_named, read_cases
from memorybank.local.scoring import Case, Score, report, score_of
from memorybank.resources.wire import parse
from memorybank.testing.gemini_server import GeminiServer

CASES = Path(__file__).parents[1] / "data" / "eval"


def case(**fields: object) -> Case:
    return parse(Case, {"id": "c", "conversations": [{"turns": [{"role": "user", "text": "-"}]}], **fields})


def test_what_is_expected_and_there_counts_for_recall_and_precision() -> None:
    score = score_of(case(expect=[{"words": ["Paris"]}, {"words": ["tea"]}]), ["I live in PARIS", "I like rain"])
    assert (score.found, score.expected, score.right, score.memories) == (1, 2, 1, 2)
    assert score.wrong == ["c: nothing says 'tea'", "c: 'I like rain' was not expected"]


def test_two_memories_of_one_fact_are_a_missed_duplicate() -> None:
    score = score_of(case(expect=[{"words": ["Paris"]}]), ["I live in Paris", "Paris is my home"])
    assert (score.missed_duplicates, score.found) == (1, 1)


def test_two_facts_in_one_memory_are_a_false_merge_where_they_must_stay_apart() -> None:
    asked = case(expect=[{"words": ["Max"]}, {"words": ["Ben"]}], apart=[[0, 1]])
    assert score_of(asked, ["My sons Max and Ben are 7"]).false_merges == 1
    assert score_of(asked, ["My son Max is 7", "My son Ben is 9"]).false_merges == 0


def test_what_should_have_survived_and_did_not_is_a_wrong_deletion() -> None:
    asked = case(expect=[{"words": ["tea"], "kept": True}])
    assert (score_of(asked, []).wrong_deletions, score_of(asked, ["I like tea"]).wrong_deletions) == (1, 0)


def test_words_that_must_not_be_there_are_found_together_only() -> None:
    asked = case(forbid=[["live", "Paris"]])
    assert score_of(asked, ["I live in Paris"]).forbidden == 1
    assert score_of(asked, ["I live in Lyon", "I left Paris"]).forbidden == 0


def test_language_counts_only_for_cases_that_name_one() -> None:
    german = case(expect=[{"words": ["wohne"]}], language="de")
    assert (score_of(german, ["Ich wohne hier"]).language_kept, score_of(german, ["I live here"]).language_kept) == (
        1,
        0,
    )
    assert score_of(case(expect=[{"words": ["x"]}]), ["x"]).foreign == 0


def test_the_report_has_a_line_per_group_and_one_for_all() -> None:
    scores = {"a": Score(cases=1, expected=2, found=1), "b": Score(cases=3, failed=1)}
    text = report(scores, {"extract": 8, "decide": 2})
    assert [line.split()[0] for line in text.splitlines()[1:4]] == ["a", "b", "all"]
    assert "calls per case: 2.00 extract, 0.50 decide" in text


def test_the_report_tells_tokens_by_step_or_that_there_were_none() -> None:
    assert report({"a": Score(cases=1)}, {}).endswith("tokens: none, nothing was billed")
    read = {("extract", "inputTokens"): 301, ("extract", "outputTokens"): 40, ("extract", "cachedTokens"): 100}
    embedded = {("embed", "inputTokens"): 5}
    scores = {"a": Score(cases=3, tokens=Counter(read)), "b": Score(cases=1, tokens=Counter(embedded))}
    assert report(scores, {}).splitlines()[-2:] == [
        "tokens per case: extract: 75 in, 10 out; in all 301 in (100 of them cached), 40 out",
        "tokens per case: embed: 1 in, 0 out; in all 5 in (0 of them cached), 0 out",
    ]


def test_there_are_cases_enough_of_every_kind_and_their_names_are_unique() -> None:
    groups = read_cases(CASES)
    names = [each.id for cases in groups.values() for each in cases]
    assert len(names) == len(set(names)) >= 60
    assert len({each.language for each in groups["languages"]}) >= 6
    assert any(each.apart for each in groups["duplicates"])


def test_a_group_that_does_not_exist_is_told_with_those_that_do() -> None:
    with pytest.raises(InvalidArgument, match="there is no jokes; there are changes, "):
        groups_named(read_cases(CASES), ["jokes"])


def test_a_folder_without_cases_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "--cases", str(tmp_path)]) == 1
    assert "holds no .json files of cases" in capsys.readouterr().err


def test_the_command_tells_what_gemini_billed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with GeminiServer() as server:
        for name, value in {"MODELS": "gemini", "MODEL_URL": server.url}.items():
            monkeypatch.setenv(f"MEMORYBANK_{name}", value)
        monkeypatch.setenv("GEMINI_API_KEY", "k")
        assert main(["eval", "changes", "junk", "--cases", str(CASES)]) == 0
    said = capsys.readouterr().out
    asked = server.of("generateContent")
    decided = [each for each in asked if each.fenced("new_facts")]
    for step, calls in {"extract": len(asked) - len(decided), "decide": len(decided)}.items():
        assert calls
        assert re.search(rf"{step}: .*; in all {calls * 100} in \(0 of them cached\), {calls * 20} out", said)


def test_the_command_judges_the_offline_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "junk", "duplicates", "--cases", str(CASES)]) == 0
    said = capsys.readouterr().out
    assert "model: offline-rules-1" in said
    assert said.count("100%") >= 2
