"""What other services and programs keep becomes memories: of mem0, plain text, Google's bank, ChatGPT and Claude."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memorybank.commands.importers import chatgpt, claude, google, mem0
from memorybank.commands.main import main
from memorybank.errors import InvalidArgument
from memorybank.testing.scripted import ScriptedModel
from tests.conftest import Serve, Served

Run = Callable[..., Any]
ADA = ("--scope", "user_id=ada")


@pytest.fixture
def served(serve: Serve) -> Served:
    """Serve a bank whose model takes each line as a fact."""
    return serve(model=ScriptedModel())


@pytest.fixture
def run(served: Served, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs a command with `--json` and returns what it prints, or its error for `code` 1."""
    for name in ("PROJECT", "LOCATION"):
        monkeypatch.delenv(f"MEMORYBANK_{name}", raising=False)
    monkeypatch.setenv("MEMORYBANK_URL", served.url)
    monkeypatch.setenv("MEMORYBANK_ENGINE", served.create_engine())

    def run(*arguments: str | Path, code: int = 0) -> Any:
        capsys.readouterr()
        found = main([*map(str, arguments), "--json"])
        said = capsys.readouterr()
        assert found == code, said
        return said.err if code else json.loads(said.out)

    return run


def _write(path: Path, found: Any) -> Path:
    path.write_text(json.dumps(found))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_text_is_read_however_a_system_writes_it(run: Run, tmp_path: Path, encoding: str, end: str) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(f"Ich heiße Zoë{end}{end}I like 茶{end}".encode(encoding))
    assert run("import", file, "--from", "text", *ADA)["createdCount"] == 2
    assert {each["fact"] for each in run("list")} == {"Ich heiße Zoë", "I like 茶"}


@pytest.mark.parametrize("encoding", ["utf-16-be", "latin-1"])
def test_text_that_cannot_be_read_is_reported_with_its_line_before_anything_is_written(
    run: Run, tmp_path: Path, encoding: str
) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(b"I like tea\n" * 600 + "Ich heiße Zoë\n".encode(encoding))
    assert "line 601: is not UTF-8 text: save the file as UTF-8" in run("import", file, "--from", "text", *ADA, code=1)
    assert run("list") == []


PACKED = [
    (gzip.compress, "is compressed: unpack it by gunzip"),
    (bz2.compress, "is compressed: unpack it by bunzip2"),
    (lzma.compress, "is compressed: unpack it by unxz"),
    (lambda _: b"PK\x03\x04...", "is a zip archive: unpack it"),
]


@pytest.mark.parametrize(("pack", "says"), PACKED)
@pytest.mark.parametrize("source", ["bank", "text", "mem0", "chatgpt", "claude"])
def test_a_packed_file_is_not_reported_as_a_broken_one(
    run: Run, tmp_path: Path, source: str, pack: Callable[[bytes], bytes], says: str
) -> None:
    file = tmp_path / "export"
    file.write_bytes(pack(b"[]"))
    assert says in run("import", file, "--from", source, *ADA, code=1)


def test_times_of_mem0_are_read_as_numbers_too_and_never_dropped(run: Run, tmp_path: Path) -> None:
    times = [1735787045, 1735787045000, "2025-01-02 03:04:05"]
    found = [{"memory": f"I own {n} pens", "user_id": "ada", "created_at": time} for n, time in enumerate(times)]
    run("import", _write(tmp_path / "a.json", found), "--from", "mem0")
    assert {each["createTime"] for each in run("list")} == {"2025-01-02T03:04:05Z"}
    wrong = _write(tmp_path / "b.json", [*found, {"memory": "I like tea", "user_id": "ada", "created_at": "yesterday"}])
    assert "entry 4: created_at must be a time such as" in run("import", wrong, "--from", "mem0", code=1)


def test_lines_of_text_become_memories_once(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("\ufeffI like tea\n\n  I like figs  \nI like tea\n", encoding="utf-8")
    first = run("import", file, "--from", "text", *ADA)
    assert (first["createdCount"], first["unchangedCount"]) == (2, 1)
    assert run("import", file, "--from", "text", *ADA)["createdCount"] == 0
    assert {each["fact"] for each in run("list")} == {"I like tea", "I like figs"}
    assert "--scope: is needed" in run("import", file, "--from", "text", code=1)


def test_memories_of_mem0_keep_their_user_times_and_metadata(run: Run, tmp_path: Path) -> None:
    entry = {
        "id": "892db2ae-06d9-49e5-8b3e-585ef9b85b8e",
        "memory": "Is vegetarian",
        "hash": "x",
        "user_id": "ada",
        "agent_id": None,
        "metadata": {"category": "food", "n": 2, "sure": True, "none": None},
        "created_at": "2025-01-02T03:04:05.678901-08:00",
        "updated_at": None,
    }
    nameless = {"memory": "Likes figs"}
    file = _write(tmp_path / "mem0.json", {"results": [entry, nameless]})
    assert "entry 2: names no user_id: say whose it is by --scope" in run("import", file, "--from", "mem0", code=1)
    assert run("import", file, "--from", "mem0", "--scope", "app=x")["createdCount"] == 2
    found = {each["fact"]: each for each in run("list")}
    assert found["Is vegetarian"]["scope"] == {"user_id": "ada"}
    assert found["Is vegetarian"]["createTime"] == "2025-01-02T11:04:05.678901Z"
    assert found["Is vegetarian"]["metadata"] == {
        "category": {"stringValue": "food"},
        "n": {"doubleValue": 2.0},
        "sure": {"boolValue": True},
    }
    assert found["Likes figs"]["scope"] == {"app": "x"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is not a JSON file"),
        ("3", "has no list of memories"),
        ('{"results": {}}', "has no list of memories"),
        ('[{"memory": 1}]', "entry 1: has no text in its field memory"),
        ('[{"memory": "' + "x" * 3000 + '"}]', "line 1: memory.fact: must have at most 2048 characters"),
    ],
)
def test_what_is_no_memory_of_mem0_is_told(run: Run, tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "mem0.json"
    file.write_text(text)
    assert says in run("import", file, "--from", "mem0", *ADA, code=1)
    assert run("list") == []


def test_googles_bank_is_read_by_its_sdk(
    run: Run, served: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    there = served.create_engine()
    with served.http() as http:
        metadata = {"a": {"stringValue": "b"}}
        told = {"fact": "I like tea", "scope": {"user_id": "ada"}, "metadata": metadata, "displayName": "d"}
        http.post(f"/v1beta1/{there}/memories", json=told).raise_for_status()
        [memory] = http.get(f"/v1beta1/{there}/memories").json()["memories"]
    monkeypatch.setattr(google, "_client", lambda *_: served.client("vertexai"))
    assert run("import", there, "--from", "google")["createdCount"] == 1
    [found] = run("list")
    assert [found[name] for name in ("fact", "scope", "metadata", "displayName", "createTime")] == [
        *told.values(),
        memory["createTime"],
    ]
    assert "FILE: must be the full name of an engine" in run("import", "4242", "--from", "google", code=1)
    gone = there.rpartition("/")[0] + "/1"
    assert f"{gone} cannot be read" in run("import", gone, "--from", "google", code=1)


def _node(parent: str | None, role: str, text: str, *, time: float | None = None) -> dict[str, Any]:
    content = {"content_type": "text", "parts": [text, {"asset_pointer": "x"}]}
    return {"parent": parent, "message": {"author": {"role": role}, "content": content, "create_time": time}}


CHATGPT: list[dict[str, Any]] = [
    {
        "id": "later",
        "create_time": 1_750_000_000.5,
        "current_node": "c",
        "mapping": {
            "root": {"parent": None, "message": None},
            "a": _node("root", "user", "I like tea.", time=1_750_000_001.0),
            "b": _node("a", "assistant", "Noted."),
            "left": _node("a", "assistant", "Another answer."),
            "c": _node("b", "user", "And figs."),
            "tool": _node("c", "tool", "result"),
        },
    },
    {
        "id": "earlier",
        "create_time": 1_700_000_000,
        "current_node": "a",
        "mapping": {"a": _node("a", "user", "I live in Paris.")},
    },
    {"id": "empty", "create_time": None, "current_node": None, "mapping": {}},
]
CLAUDE = [
    {
        "uuid": "u",
        "created_at": "2026-01-02T03:04:05Z",
        "chat_messages": [
            {"sender": "human", "text": "I like tea.", "created_at": "2026-01-02T03:04:06Z"},
            {"sender": "assistant", "text": "", "content": [{"type": "text", "text": "Noted."}]},
            {"sender": "human", "text": None, "content": None},
        ],
    }
]


def test_a_conversation_of_chatgpt_is_the_branch_that_was_seen_last(tmp_path: Path) -> None:
    later, earlier, empty = chatgpt.conversations(_write(tmp_path / "c.json", CHATGPT))
    assert [(turn.role, turn.text) for turn in later.turns] == [
        ("user", "I like tea."),
        ("model", "Noted."),
        ("user", "And figs."),
    ]
    assert later.turns[0].time == "2025-06-15T15:06:41+00:00"
    assert [turn.text for turn in earlier.turns] == ["I live in Paris."], "a circle ends"
    assert not empty.turns


def test_a_conversation_of_claude_is_read_with_its_times(tmp_path: Path) -> None:
    [found] = claude.conversations(_write(tmp_path / "c.json", CLAUDE))
    assert [(turn.role, turn.text) for turn in found.turns] == [("user", "I like tea."), ("model", "Noted.")]
    assert found.turns[0].time == "2026-01-02T03:04:06+00:00"


def test_conversations_are_read_oldest_first_once_and_go_on_where_they_stopped(
    run: Run, served: Served, tmp_path: Path
) -> None:
    file = _write(tmp_path / "conversations.json", CHATGPT)
    estimate = run("import", file, "--from", "chatgpt", *ADA, "--dry-run", "--price", "0.5")
    assert estimate == {
        "conversations": 2,
        "modelCalls": 4,
        "tokens": estimate["tokens"],
        "usd": round(estimate["tokens"] / 2_000_000, 4),
        "dryRun": True,
    }
    assert run("list") == []
    assert run("import", file, "--from", "chatgpt", *ADA, "--yes")["conversations"] == 2
    found = run("list")
    assert {each["fact"] for each in found} >= {"I like tea.", "And figs.", "I live in Paris."}
    assert found[-1]["fact"] == "I live in Paris.", "the oldest conversation is read first"
    again = [*CHATGPT, {**CHATGPT[1], "id": "new", "create_time": 1_760_000_000}]
    _write(file, again)
    assert run("import", file, "--from", "chatgpt", *ADA, "--yes")["conversations"] == 1, "only what is new"
    assert run("import", file, "--from", "chatgpt", "--scope", "user_id=bob", "--dry-run")["conversations"] == 3


@pytest.mark.parametrize("name", ["c.json", f"{'c' * 245}.json"])
def test_notes_on_what_was_read_that_cannot_be_used_are_named(run: Run, tmp_path: Path, name: str) -> None:
    file = _write(tmp_path / name, CLAUDE)
    (tmp_path / "c.json.progress").write_text("[]")
    said = run("import", file, "--from", "claude", *ADA, "--dry-run", code=1)
    assert f"{file}.progress cannot be read" in said


def test_nothing_is_read_where_it_cannot_be_noted(run: Run, tmp_path: Path) -> None:
    file = _write(tmp_path / "c.json", CHATGPT)
    (tmp_path / "c.json.progress.part").mkdir()  # also root may not write to it
    said = run("import", file, "--from", "chatgpt", *ADA, "--yes", code=1)
    assert f"{file}.progress cannot be written (Is a directory)" in said
    assert run("list") == []


def test_nothing_is_read_without_a_yes(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "")
    file = _write(tmp_path / "conversations.json", CLAUDE)
    assert main(["import", str(file), "--from", "claude", *ADA]) == 1
    said = capsys.readouterr().out
    assert "To read 1: about 2 model calls and 3,004 tokens" in said
    assert "Nothing was read." in said
    assert run("list") == []


def test_a_message_that_is_too_long_to_be_read_at_once_is_read_in_parts(run: Run, tmp_path: Path) -> None:
    said = {"sender": "human", "text": "I like tea. " * 40_000}
    file = _write(tmp_path / "conversations.json", [{"uuid": "a", "chat_messages": [said]}])
    assert run("import", file, "--from", "claude", *ADA, "--dry-run")["modelCalls"] == 6


def test_where_nobody_can_answer_the_flag_that_says_yes_is_named(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(["import", str(_write(tmp_path / "conversations.json", CLAUDE)), "--from", "claude", *ADA]) == 1
    assert "--yes" in capsys.readouterr().err
    assert run("list") == []


@pytest.mark.parametrize("price", ["nan", "-1", "inf", "cheap"])
def test_a_price_that_is_none_is_refused(price: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["import", "conversations.json", "--from", "claude", *ADA, f"--price={price}"])
    assert f"--price: '{price}' is not a price" in capsys.readouterr().err


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", 1e300, "", [], False])
def test_a_time_beyond_the_calendar_is_refused_like_any_that_is_none(tmp_path: Path, time: Any) -> None:
    told = [{"memory": "I like tea", "user_id": "ada", "created_at": time}]
    with pytest.raises(InvalidArgument, match="entry 1: created_at must be a time"):
        [*mem0.records(_write(tmp_path / "mem0.json", told), {})]


@pytest.mark.parametrize("source", ["chatgpt", "claude"])
@pytest.mark.parametrize("text", ["[1]", "{}", "[{}]", "[" * 100_000])
def test_what_is_no_export_of_conversations_is_told(run: Run, tmp_path: Path, source: str, text: str) -> None:
    file = tmp_path / "conversations.json"
    file.write_text(text)
    assert "conversations.json" in run("import", file, "--from", source, *ADA, code=1)


def test_odd_parts_of_conversations_are_passed_over(tmp_path: Path) -> None:
    odd: list[Any] = [None, 1, "x", [], {"message": 1}, {"message": {"author": None, "content": 1}}]
    mapping = {str(number): each for number, each in enumerate(odd)}
    leaves: list[Any] = [*mapping, None, 1, []]
    told = [{"mapping": mapping, "current_node": node, "create_time": "x"} for node in leaves]
    assert not any(each.turns for each in chatgpt.conversations(_write(tmp_path / "a.json", told)))
    messages = [{"chat_messages": [*odd, {"sender": "human", "content": [1, {"text": 1}]}], "uuid": 1}]
    [found] = claude.conversations(_write(tmp_path / "b.json", messages))
    assert [turn.text for turn in found.turns] == ["1"]
