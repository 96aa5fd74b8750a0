"""The evaluation counts what is right and wrong about memories, and runs over every case that is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from memorybank.commands.judging import groups_named, read_cases
from memorybank.commands.main import main
from memorybank.commands.scoring import BILLED, Case, Score, report, score_of
from memorybank.errors import InvalidArgument
from memorybank.resources.wire import parse
from memorybank.testing.gemini.server import GeminiServer, said
from memorybank.testing.metadata_server import MetadataServer

CASES = Path(__file__).parents[2] / "shared/memorybank/commands/eval_cases"


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
    read = {("extract", kind): count for kind, count in zip(BILLED, (3, 301, 40, 100), strict=True)}
    embedded = {("embed", "calls"): 2, ("embed", "inputTokens"): 5}
    scores = {"a": Score(cases=3, billed=Counter(read)), "b": Score(cases=1, billed=Counter(embedded))}
    assert report(scores, {}).splitlines()[-2:] == [
        "tokens: extract: 75.2 in (25.0 cached), 10.0 out per case; 301 in (100 cached), 40 out in all; 3 calls billed",
        "tokens: embed: 1.2 in (0.0 cached), 0.0 out per case; 5 in (0 cached), 0 out in all; 2 calls billed",
    ]


def test_calls_whose_tokens_nobody_tells_are_not_told_as_free() -> None:
    text = report({"a": Score(cases=1, billed=Counter({("embed", "calls"): 4}))}, {})
    assert text.splitlines()[-1] == "tokens: embed: not told by the provider; 4 calls billed"


def test_there_are_cases_enough_of_every_kind_and_their_names_are_unique() -> None:
    groups = read_cases(CASES)
    names = [each.id for cases in groups.values() for each in cases]
    assert len(names) == len(set(names)) >= 60
    assert len({each.language for each in groups["languages"]}) >= 6
    assert any(each.apart for each in groups["duplicates"])


def test_a_group_that_does_not_exist_is_told_with_those_that_do() -> None:
    with pytest.raises(InvalidArgument, match="there is no group jokes; the groups are changes, "):
        groups_named(read_cases(CASES), ["jokes"])


def test_a_folder_without_cases_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "--cases", str(tmp_path)]) == 1
    assert "contains no .json files of cases" in capsys.readouterr().err


@pytest.fixture(params=["developer", "vertex"])
def gemini(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[GeminiServer]:
    """Have the command judge a scripted Gemini, by each API in turn."""
    with GeminiServer() as server, MetadataServer("eval@p.iam.gserviceaccount.com") as metadata:
        monkeypatch.delenv("GOOGLE_API_KEY", raising=False)
        monkeypatch.setenv("MEMORYBANK_MODELS", "gemini")
        monkeypatch.setenv("MEMORYBANK_EMBEDDINGS", "gemini")
        monkeypatch.setenv("MEMORYBANK_MODEL_URL", server.url)
        if request.param == "developer":
            monkeypatch.setenv("GEMINI_API_KEY", "k")
        else:
            monkeypatch.delenv("GEMINI_API_KEY", raising=False)
            monkeypatch.setenv("MEMORYBANK_PROJECT", "p")
            monkeypatch.setenv("MEMORYBANK_MODEL_CREDENTIALS", "metadata")
            monkeypatch.setenv("MEMORYBANK_METADATA_HOST", metadata.host)
        yield server
        assert {asked.api for asked in server.asked} == {request.param}


def _told(step: str, cases: int, *, calls: int, into: int, out: int, cached: int = 0) -> str:
    each = f"{into / cases:.1f} in ({cached / cases:.1f} cached), {out / cases:.1f} out per case"
    return f"tokens: {step}: {each}; {into} in ({cached} cached), {out} out in all; {calls} calls billed\n"


def test_the_command_tells_what_gemini_billed(gemini: GeminiServer, capsys: pytest.CaptureFixture[str]) -> None:
    gemini.script.append(said("{", cachedContentTokenCount=60))  # is billed, too, though it has to be repaired
    assert main(["eval", "changes", "junk"]) == 0
    printed = capsys.readouterr().out
    cases = sum(len(read_cases(CASES)[group]) for group in ("changes", "junk"))
    asked = gemini.of("generateContent")
    decided = len([each for each in asked if each.fenced("new_facts")])
    extracted = len(asked) - decided
    assert decided
    assert _told("extract", cases, calls=extracted, into=100 * extracted, out=20 * extracted, cached=60) in printed
    assert _told("decide", cases, calls=decided, into=100 * decided, out=20 * decided) in printed
    embedded = [each for each in gemini.asked if each not in asked]
    if embedded[0].api == "developer":
        assert f"tokens: embed: not told by the provider; {len(embedded)} calls billed\n" in printed
    else:
        tokens = sum(len(text["content"]) // 4 for each in embedded for text in each.body["instances"])
        assert _told("embed", cases, calls=len(embedded), into=tokens, out=0) in printed


def test_the_command_judges_the_offline_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "junk", "duplicates", "--cases", str(CASES)]) == 0
    printed = capsys.readouterr().out
    assert "model: offline-rules-1" in printed
    assert printed.count("100%") >= 2
    assert printed.endswith("tokens: none, nothing was billed\n")
