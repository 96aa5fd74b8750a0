"""`memorybank bench`: what its files say, what is measured, and that a run can be stopped and go on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from memorybank.commands.benchmark import locomo, longmemeval
from memorybank.commands.benchmark.data import History, read_file
from memorybank.commands.benchmark.measures import Outcome, Prices, costs, intervals, table
from memorybank.commands.benchmark.running import JOURNAL, Plan, run
from memorybank.commands.main import main
from memorybank.config import Settings
from memorybank.errors import InvalidArgument, Unavailable
from memorybank.local.bank import embedded_adapters
from memorybank.models.answers import Reply
from memorybank.models.media import MediaRules
from memorybank.models.prompted import PromptedModel
from memorybank.models.retry import Retry
from memorybank.ports.models import Media
from memorybank.prompts.benchmark import Answered

DATA = Path(__file__).parents[1] / "data" / "bench"
LOCOMO, LONGMEMEVAL = DATA / "locomo.json", DATA / "longmemeval.json"


def _locomo() -> History:
    [history] = read_file(LOCOMO, locomo.history_of, limit=None)
    return history


def test_a_conversation_of_locomo_is_read_with_its_dates_pictures_and_evidence() -> None:
    history = _locomo()
    assert [session.ref for session in history.sessions] == ["D1", "D2"], "a session without turns has a date only"
    assert history.sessions[0].time == datetime(2023, 5, 4, 13, 56)  # noqa: DTZ001 - the file has no zone
    assert history.notes()[1].text == (
        "04 May 2023, Tom: Lovely! I repaired the roof of my barn. [shares a photo of a barn]"
    )
    assert [note.ref for note in history.observations] == ["D1:1", "D1:3", "D1:2", "D2:1"], "unknown turns are left out"
    assert [note.text for note in history.dated][:2] == [
        "04 May 2023, Ana: Ana lives on a boat called Kestrel.",
        "04 May 2023, Ana: Ana sold her flat.",
    ]
    told = [(each.kind, sorted(each.evidence), each.counted) for each in history.questions]
    assert told == [
        ("single-hop", ["D1:1"], True),
        ("temporal", ["D1:3"], True),
        ("multi-hop", ["D1:2", "D2:1"], True),
        ("open-domain", [], True),
        ("adversarial", ["D1:1"], False),
    ]
    assert "Kestrel" in history.questions[-1].answer
    assert history.questions[-1].rule == "unanswerable"


def test_a_question_of_longmemeval_is_read_with_its_chats_and_evidence() -> None:
    one, two, three = read_file(LONGMEMEVAL, longmemeval.history_of, limit=None)
    assert [note.text for note in one.notes()][2:] == [
        "22 May 2023, user: My parrot is called Figaro.",
        "22 May 2023, assistant: A fine name for a parrot.",
    ]
    assert [sorted(each.questions[0].evidence) for each in (one, two)] == [
        ["1-answer_7:0"],
        ["0-answer_8:0", "1-answer_9"],
    ], "a session without a marked turn is evidence as a whole"
    assert two.questions[0].answer == "2"
    assert (three.questions[0].kind, three.questions[0].counted) == ("abstention", False)
    assert three.notes()[0].text == "user: My parrot is called Figaro."


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("{}", "must hold an array"),
        ('[{"sample_id": "a"}]', "entry 0 of FILE has no conversation"),
        ('[{"conversation": {}, "qa": 3, "sample_id": "a"}]', "entry 0 of FILE is not of this benchmark's form: 'int'"),
        ('["text"]', "entry 0 of FILE is not of this benchmark's form"),
    ],
)
def test_a_file_of_another_form_is_refused_with_what_is_wrong(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "data.json"
    path.write_text(content)
    with pytest.raises(InvalidArgument) as caught:
        read_file(path, locomo.history_of, limit=None)
    assert says.replace("FILE", str(path)) in caught.value.message


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "locomo", "--path", str(tmp_path / "no.json"), "--work", str(tmp_path)]) == 1
    assert "cannot be read: No such file" in capsys.readouterr().err


def _outcome(evidence: str, found: str, **fields: Any) -> Outcome:
    return Outcome(
        id=evidence + found, kind="k", evidence=frozenset(evidence.split()), found=(*found.split(),), **fields
    )


def test_measures_look_at_the_ranks_of_the_evidence() -> None:
    outcome = _outcome("D1:1 D2:3", "D4:1 D1:1 D3:1 D2:3")
    assert [outcome.recall(k) for k in (1, 2, 3, 4)] == [0, 0.5, 0.5, 1]
    assert outcome.reciprocal_rank == 0.5
    assert _outcome("D1:1", "D2:1").reciprocal_rank == 0
    assert _outcome("D1", "D2:1 D1:7").reciprocal_rank == 0.5, "any turn of a session that is evidence as a whole"


def test_by_sessions_each_counts_once() -> None:
    outcome = _outcome("D1:1 D2:3", "D4:1 D4:2 D2:1 D1:9").by_session()
    assert outcome.found == ("D4", "D2", "D1")
    assert (outcome.recall(2), outcome.recall(3), outcome.reciprocal_rank) == (0.5, 1, 0.5)


def test_the_table_counts_what_has_evidence_and_can_be_answered() -> None:
    outcomes = [
        _outcome("D1:1", "D1:1", correct=True),
        _outcome("D1:2 D1:3", "D1:2", correct=False),
        _outcome("", "D1:1", correct=True),
        replace(_outcome("D1:4", "D1:9", correct=True), kind="odd", counted=False),
    ]
    head, kind, everything, odd = (line.split() for line in table(outcomes, most=10))
    assert head == ["questions", "recall@5", "recall@10", "hit@10", "all@10", "mrr", "answered", "correct"]
    assert kind == ["k", "3", "0.750", "0.750", "1.000", "0.500", "1.000", "3", "0.667"]
    assert everything[1:] == kind[1:]
    assert odd == ["(odd)", "1", "-", "-", "-", "-", "-", "1", "1.000"]


def test_the_interval_is_of_the_questions_that_count() -> None:
    half = [_outcome(f"D1:{number}", f"D1:{number}" if number % 2 else "D9:9") for number in range(1, 101)]
    uncounted = [_outcome("", "D1:1"), replace(_outcome("D1:4", "D1:9"), counted=False)]
    assert list(intervals([*half, *uncounted], most=10)) == [
        "95 % interval of all: recall@10 \u00b10.098, mrr \u00b10.098"
    ]
    assert list(intervals(half[:4], most=10)) == [], "so few tell nothing"


def test_what_is_found_keeps_the_order_of_the_ranking(tmp_path: Path) -> None:
    parcel = (
        "The parcel with number 88231, a long letter and two photographs of our summer in the mountains went back to "
        "the shop in Graz on a rainy Tuesday"
    )
    said = ["I sent a parcel", parcel, "I like tea", "My barn has a roof"]
    turns = [{"speaker": "Ana", "dia_id": f"D1:{number}", "text": text} for number, text in enumerate(said, 1)]
    conversation = {"speaker_a": "Ana", "speaker_b": "Tom", "session_1": turns}
    question = {"question": "Where is parcel 88231?", "answer": "-", "evidence": ["D1:2"], "category": 4}
    file = tmp_path / "file.json"
    file.write_text(json.dumps([{"sample_id": "one", "conversation": conversation, "qa": [question]}]))
    found = {}
    for ranking in ("hybrid", "relevance", "distance"):
        work = tmp_path / ranking
        assert main(["bench", "locomo", "--path", str(file), "--work", str(work), "--ranking", ranking]) == 0
        found[ranking] = json.loads((work / JOURNAL).read_text().splitlines()[-1])["found"]
    assert found["hybrid"] == found["distance"] != found["relevance"], found


def test_a_note_on_several_turns_is_evidence_of_each_of_them() -> None:
    outcome = Outcome("q", "multi-hop", frozenset({"D1:3", "D2:1"}), ("D1:4", "D1:2 D1:3"))
    assert (outcome.recall(2), outcome.reciprocal_rank) == (0.5, 0.5)
    assert outcome.by_session().found == ("D1",)


def test_costs_are_told_by_step_where_prices_are_known() -> None:
    answers = {"calls": 2, "inputTokens": 1000, "outputTokens": 100, "cachedTokens": 0}
    usages = [{"answer": answers}, {"answer": answers, "embed": {"calls": 1, "inputTokens": 500}}]
    priced = list(costs(usages, Prices(input=1.0, output=10.0, embedding=2.0)))
    assert priced == [
        "billed: answer: 4 calls, 2000 tokens in, 200 out, 0.0040",
        "billed: embed: 1 calls, 500 tokens in, 0 out, 0.0010",
        "cost: 0.0050",
    ]
    assert list(costs(usages, Prices(input=1.0, output=10.0)))[-1].startswith("cost: unknown")
    assert list(costs([], Prices())) == ["billed: nothing"]


@pytest.mark.parametrize("memories", ["turns", "observations", "dated", "generated"])
def test_locomo_is_run_and_reported_by_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], memories: str
) -> None:
    command = ["bench", "locomo", "--path", str(LOCOMO), "--work", str(tmp_path), "--memories", memories]
    assert main([*command, "--top-k", "3"]) == 0
    printed = capsys.readouterr().out
    assert "embedder: offline-hash-768" in printed
    [single] = [line.split() for line in printed.splitlines() if line.strip().startswith("single-hop")]
    assert single[:3] == ["single-hop", "1", "1.000"]
    assert "billed: nothing" in printed
    assert main([*command, "--top-k", "3"]) == 0
    assert capsys.readouterr().out == printed, "nothing is done twice, and everything is told again"
    assert main([*command, "--top-k", "4"]) == 1
    assert "of a run with other settings (top_k differ)" in capsys.readouterr().err


def test_longmemeval_is_run_by_sessions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["bench", "longmemeval", "--path", str(LONGMEMEVAL), "--work", str(tmp_path), "--by-session"]
    assert main([*command, "--limit", "2"]) == 0
    printed = capsys.readouterr().out
    assert "2 histories, memories: turns, measured by sessions" in printed
    assert "abstention" not in printed
    assert main([*command, "--memories", "observations"]) == 1
    assert "has no observations" in capsys.readouterr().err


def test_answers_need_a_language_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "locomo", "--path", str(LOCOMO), "--work", str(tmp_path), "--answers"]) == 1
    assert "needs a language model, which offline-rules-1 is not" in capsys.readouterr().err


class Provider:
    """A transport that answers with the first note, and judges by whether the right answer's first word is in it."""

    media = MediaRules()

    def __init__(self, *, fails_after: int = 1000) -> None:
        self.left = fails_after
        self.asked: list[tuple[str, str]] = []

    def model_id(self, model: str) -> str:
        return model

    def send(self, model: str, *, system: str, parts: Sequence[str | Media], schema: type[BaseModel]) -> Reply:
        del system
        if self.left == 0:
            raise Unavailable("down")
        self.left -= 1
        [text] = parts
        assert isinstance(text, str)
        lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        self.asked.append((model, lines[0]["question"]))
        if schema is Answered:
            answer: dict[str, Any] = {"answer": lines[1]["note"]}
        else:
            answer = {"reason": "-", "correct": lines[0]["right"].split()[0] in lines[0]["given"]}
        return Reply(json.dumps(answer), input=10, output=2)

    def close(self) -> None:
        """Hold nothing."""


def _run(work: Path, provider: Provider) -> list[str]:
    settings = Settings(data=str(work / "bank.db"), embeddings="offline")
    model = PromptedModel(provider, default_model="reader", retry=Retry(attempts=1))
    plan = Plan(
        benchmark="locomo", path=LOCOMO, work=work, memories="turns", most=3, answers=True, judge="judge", threads=1
    )
    return run(plan, [_locomo()], embedded_adapters(settings, model=model), settings=settings)


def test_a_model_answers_and_another_one_judges(tmp_path: Path) -> None:
    provider = Provider()
    report = _run(tmp_path, provider)
    assert {model for model, _ in provider.asked} == {"reader", "judge"}
    assert len(provider.asked) == 10
    [single] = [line.split() for line in report if line.strip().startswith("single-hop")]
    assert single[-2:] == ["1", "1.000"]
    assert "billed: judge: 5 calls, 50 tokens in, 10 out" in report
    answers = [json.loads(line).get("answer") for line in (tmp_path / JOURNAL).read_text().splitlines()]
    assert sum(answer is not None for answer in answers) == 5


def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        _run(tmp_path, Provider(fails_after=5))
    with (tmp_path / JOURNAL).open("a") as journal:
        journal.write('{"question": "conv-a/2", "ki')  # the process died while it wrote this
    provider = Provider()
    report = _run(tmp_path, provider)
    assert len(provider.asked) == 6, "two questions were answered and judged before"
    assert "billed: answer: 5 calls, 50 tokens in, 10 out" in report
