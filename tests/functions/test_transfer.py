"""Export and import: what is exported is created again as it was, once, by those who may, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memorybank.commands.main import main
from tests.conftest import Served

Run = Callable[..., str]
EVENT = {
    "author": "user",
    "invocationId": "1",
    "timestamp": "2026-01-02T03:04:05.678901Z",
    "content": {"role": "user", "parts": [{"text": "I live in Paris."}]},
    "actions": {"stateDelta": {"z_last": 1, "a_first": {"x": None, "y": [1.5, True]}}},
}
SCHEMA = {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}}


@pytest.fixture
def run(served: Served, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs a command on the bank and returns what it prints; it must exit with `code`."""
    for name in ("ENGINE", "PROJECT", "LOCATION"):
        monkeypatch.delenv(f"MEMORYBANK_{name}", raising=False)
    monkeypatch.setenv("MEMORYBANK_URL", served.url)

    def run(*arguments: str, code: int = 0) -> str:
        capsys.readouterr()
        found = main(list(arguments))
        said = capsys.readouterr()
        assert found == code, said
        return said.err if code else said.out

    return run


@pytest.fixture
def source(served: Served) -> str:
    """Return an engine with all kinds of memories: told, generated, changed, rolled back, profiles; and a session."""
    profile = {"schemaConfigs": [{"id": "person", "schema": SCHEMA, "memoryType": "STRUCTURED_PROFILE"}]}
    engine = served.create_engine({"structuredMemoryConfigs": [profile], "ttlConfig": {"defaultTtl": "8640000s"}})
    with served.http() as http:

        def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
            answer = http.post(f"/v1beta1/{engine}/{path}", json=body)
            assert answer.status_code == 200, answer.text
            return dict(answer.json())

        scope = {"user_id": "ada", "app": "ü"}
        metadata = {"when": {"timestampValue": "2026-01-02T03:04:05Z"}, "n": {"doubleValue": 0.1}}
        told = {"fact": "I like tea ☕", "scope": scope, "metadata": metadata, "revisionLabels": {"a": "b"}}
        post("memories", told)
        for text in ("My name is Ada and I live in Paris. I prefer aisle seats.", "I moved to Lyon."):
            events = [{"content": {"role": "user", "parts": [{"text": text}]}, "eventTime": "2026-02-03T04:05:06Z"}]
            operation = post("memories:generate", {"scope": scope, "directContentsSource": {"events": events}})
            http.post(f"/v1beta1/{operation['name']}:wait", json={}).raise_for_status()
        moved = next(
            each
            for each in http.get(f"/v1beta1/{engine}/memories").json()["memories"]
            if each.get("fact") == "I moved to Lyon"
        )
        name = moved["name"].removeprefix(f"{engine}/")
        http.delete(f"/v1beta1/{engine}/{name}").raise_for_status()
        revisions = http.get(f"/v1beta1/{engine}/{name}/revisions").json()["memoryRevisions"]
        post(f"{name}:rollback", {"targetRevisionId": revisions[-1]["name"].rpartition("/")[2]})
        session = post("sessions", {"userId": "ada", "sessionState": {"z": 1, "a": {"b": []}}})["response"]["name"]
        for texts in (["I live in Paris."], ["x" * 200_000, "y" * 200_000]):
            event = {**EVENT, "content": {"role": "user", "parts": [{"text": text} for text in texts]}}
            http.post(f"/v1beta1/{session}:appendEvent", json=event).raise_for_status()
    return engine


def created(printed: str) -> str:
    """Return the engine that an import says it has created."""
    return printed.split()[1].rstrip(".")


def test_an_export_of_an_import_is_the_first_export_to_the_byte(run: Run, source: str, tmp_path: Path) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    run("export", str(first), "--engine", source)
    lines = [json.loads(line) for line in first.read_text().splitlines()]
    kinds = [line["kind"] for line in lines]
    assert kinds[:2] == ["head", "engine"]
    assert kinds.count("memory") >= 4
    assert kinds.count("session") == 1
    assert source not in first.read_text(), "nothing in it depends on where it comes from"
    assert any(len(line.get("revisions", [])) >= 4 for line in lines), "a deletion and a rollback are revisions, too"
    engine = created(run("import", str(first), "--create"))
    run("export", str(second), "--engine", engine)
    assert second.read_bytes() == first.read_bytes()


def test_a_second_import_changes_nothing_and_a_dry_run_nothing_at_all(run: Run, source: str, tmp_path: Path) -> None:
    file = tmp_path / "bank.jsonl"
    run("export", str(file), "--engine", source)
    count = len([line for line in file.read_text().splitlines() if '"kind":"memory"' in line])
    engine = json.loads(run("bank", "create", "copy", "--json"))["name"]
    dry = json.loads(run("import", str(file), "--engine", engine, "--dry-run", "--json"))
    assert (dry["createdCount"], dry["sessionsCreatedCount"], dry["dryRun"]) == (count, 1, True)
    assert json.loads(run("list", "--engine", engine, "--json")) == []
    half = tmp_path / "half.jsonl"
    half.write_text("".join(file.read_text().splitlines(keepends=True)[:4]))
    run("import", str(half), "--engine", engine)  # an import that was interrupted
    rest = json.loads(run("import", str(file), "--engine", engine, "--json"))
    assert (rest["createdCount"], rest["unchangedCount"]) == (count - 2, 2)
    again = json.loads(run("import", str(file), "--engine", engine, "--json"))
    assert (again["createdCount"], again["unchangedCount"], again["sessionsUnchangedCount"]) == (0, count, 1)
    assert f"Already there: {count + 1}." in run("import", str(file), "--engine", engine)
    assert "0 memories" in run("import", str(file), "--engine", source), "nor in the bank that it comes from"


def test_what_was_imported_is_found_by_similarity_and_can_be_rolled_back(
    run: Run, served: Served, source: str, tmp_path: Path
) -> None:
    for options in ([], ["--no-vectors"]):
        file = tmp_path / f"bank{len(options)}.jsonl"
        run("export", str(file), "--engine", source, *options)
        assert ('"embedding":' in file.read_text()) is not bool(options)
        engine = created(run("import", str(file), "--create"))
        scope = ["--scope", "user_id=ada", "--scope", "app=ü"]
        found = json.loads(run("search", "Which seats?", *scope, "--top", "1", "--engine", engine, "--json"))
        assert [each["memory"]["fact"] for each in found] == ["I prefer aisle seats"]
        [told] = [each for each in json.loads(run("list", "--engine", engine, "--json")) if "tea" in each["fact"]]
        with served.http() as http:
            http.patch(f"/v1beta1/{told['name']}", json={"fact": "I like coffee"}).raise_for_status()
        newest, oldest = json.loads(run("history", told["name"], "--engine", engine, "--json"))
        assert (newest["fact"], oldest["labels"]) == ("I like coffee", {"a": "b"})
        run("rollback", told["name"], oldest["name"], "--engine", engine)


def test_a_memory_that_has_changed_since_is_left_as_it_is_and_named(
    run: Run, served: Served, source: str, tmp_path: Path
) -> None:
    file = tmp_path / "bank.jsonl"
    run("export", str(file), "--engine", source)
    listed = json.loads(run("list", "--engine", source, "--json"))
    memory = next(each for each in listed if each["memoryType"] == "NATURAL_LANGUAGE_COLLECTION")
    with served.http() as http:
        http.patch(f"/v1beta1/{memory['name']}", json={"fact": "I like figs"}).raise_for_status()
    printed = run("import", str(file), "--engine", source)
    assert "There with other content, and left as they are (1): " + memory["name"].rpartition("/")[2] in printed
    assert "I like figs" in run("list", "--engine", source)


def _line(body: dict[str, Any]) -> str:
    return json.dumps(body) + "\n"


HEAD = _line({"kind": "head", "format": "open-memory-bank", "version": 1})
GOOD = {"kind": "memory", "memory": {"fact": "I like tea", "scope": {"user_id": "ada"}}}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no export, whose first line is "),
        ("I like tea\n", "--from mem0, text, chatgpt or claude reads other files"),
        ('{"kind": "memory"', "line 1: is not JSON"),
        (_line({"kind": "head", "format": "open-memory-bank", "version": 2}), "has version 2 of the format"),
        (HEAD + '{"kind": "memory", "mem', "line 2: is not JSON (Unterminated string"),
        (HEAD + _line(GOOD) + "[]\n", "line 3: must be a JSON object"),
        (HEAD + "[" * 100_000 + "\n", "line 2: is not JSON"),
        (HEAD + _line({"kind": "secret"}), "line 2: kind 'secret' is none of engine, memory, session"),
        (HEAD + _line({**GOOD, "memory": {"fact": "tea"}}), "line 2: memory.scope: is required"),
        (HEAD + _line(GOOD) + _line({**GOOD, "memory": {"fact": 1, "scope": {"a": "b"}}}), "line 3: memory.fact: must"),
        (HEAD + _line({**GOOD, "memory": {"fact": "x" * 1_000_000, "scope": {"a": "b"}}}), "line 2: memory.fact: must"),
        (HEAD + _line({**GOOD, "memory": {"fact": "a", "scope": {"a": "*"}}}), "line 2: memory.scope.a: values must"),
        (HEAD + _line({**GOOD, "id": "../../engines/e"}), "line 2: id: "),
        (HEAD + _line({**GOOD, "id": "a", "embedding": "AAAA"}), "line 2: state: is required with revisions"),
        (HEAD + _line({**GOOD, "owner": 1}), "line 2: owner: is not a field of this message, which has id, memory"),
        (HEAD + _line({"kind": "session", "id": "a", "session": {"userId": "ada"}}), "line 2: session: needs userId"),
    ],
)
def test_a_file_that_is_wrong_is_refused_by_line_and_nothing_of_it_is_created(
    run: Run, served: Served, tmp_path: Path, text: str, says: str
) -> None:
    engine, file = served.create_engine(), tmp_path / "file.jsonl"
    file.write_text(text)
    assert says in run("import", str(file), "--engine", engine, code=1)
    assert json.loads(run("list", "--engine", engine, "--json")) == []


def test_a_line_that_is_no_text_and_one_that_is_too_long_are_refused(run: Run, served: Served, tmp_path: Path) -> None:
    engine, file = served.create_engine(), tmp_path / "file.jsonl"
    file.write_bytes(HEAD.encode() + b"\xff\xfe\n")
    assert "line 2: is not UTF-8 text" in run("import", str(file), "--engine", engine, code=1)
    file.write_bytes(HEAD.encode() + b'"' + b"x" * 8_000_000 + b'"\n')
    assert "line 2: is longer than 7,500,000 bytes" in run("import", str(file), "--engine", engine, code=1)
    assert "there is no file" in run("import", str(tmp_path / "none"), "--engine", engine, code=1)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"embedding": "AAAA"}, "embedding: must be the float32 values of a vector"),
        ({"embedding": "AAAAAA=="}, "embedding: must be a vector of unit length"),
        ({"revisions": "all"}, "revisions: must be a list"),
        ({"state": {"embeddingModel": "m", "sequence": -1}}, "state.sequence: "),
        ({"state": {"embeddingModel": "m", "sequence": 2**63}}, "state.sequence: must be a whole number"),
    ],
)
def test_a_record_that_was_tampered_with_is_refused(
    run: Run, served: Served, source: str, tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    file, engine = tmp_path / "bank.jsonl", served.create_engine()
    run("export", str(file), "--engine", source)
    lines = file.read_text().splitlines(keepends=True)
    lines[2] = _line({**json.loads(lines[2]), **change})
    file.write_text("".join(lines))
    assert f"line 3: {says}" in run("import", str(file), "--engine", engine, code=1)


def test_revisions_of_another_scope_are_refused(run: Run, served: Served, source: str, tmp_path: Path) -> None:
    file, engine = tmp_path / "bank.jsonl", served.create_engine()
    run("export", str(file), "--engine", source)
    lines = file.read_text().splitlines(keepends=True)
    record = json.loads(lines[2])
    record["revisions"][0]["memory"]["scope"] = {"user_id": "bob"}
    file.write_text("".join([*lines[:2], _line(record)]))
    assert "line 3: revisions: must have the scope" in run("import", str(file), "--engine", engine, code=1)
