"""Imports of what comes through a pipe, by every source, and of memories that have expired."""

from __future__ import annotations

import gzip
import io
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from memorybank.commands import importers
from memorybank.commands.importers.pipes import rereadable
from memorybank.errors import FailedPrecondition, InvalidArgument
from memorybank.testing.scripted import ScriptedModel
from tests.conftest import Serve, Served
from tests.waiting import PATIENCE

HEAD = {"kind": "head", "format": "open-memory-bank", "version": 1}
SAID = {"author": {"role": "user"}, "content": {"content_type": "text", "parts": ["I like tea"]}}
ADA = "--scope user_id=ada"
SOURCES: dict[str, tuple[str, str]] = {
    "bank": ("\n".join(map(json.dumps, (HEAD, {"kind": "memory", "memory": {"fact": "a", "scope": {"u": "1"}}}))), ""),
    "text": ("I like tea\n", ADA),
    "mem0": (json.dumps([{"memory": "I like tea", "user_id": "ada"}]), ""),
    "chatgpt": (json.dumps([{"mapping": {"1": {"message": SAID}}, "current_node": "1"}]), ADA),
    "claude": (json.dumps([{"uuid": "1", "chat_messages": [{"sender": "human", "text": "I like tea"}]}]), ADA),
}


@pytest.fixture
def served(serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Served:
    """Serve a bank that commands in other processes use, whose temporary files are seen."""
    served = serve(model=ScriptedModel())
    for name in ("PROJECT", "LOCATION"):
        monkeypatch.delenv(f"MEMORYBANK_{name}", raising=False)
    monkeypatch.setenv("MEMORYBANK_URL", served.url)
    monkeypatch.setenv("MEMORYBANK_ENGINE", served.create_engine())
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    return served


def _shell(script: str) -> subprocess.CompletedProcess[str]:
    command = f'memorybank() {{ {sys.executable} -m memorybank "$@"; }}\nset -o pipefail\n{script}'
    return subprocess.run(["/bin/bash", "-c", command], capture_output=True, text=True, check=False, timeout=PATIENCE)


def _printed(script: str) -> dict[str, Any]:
    done = _shell(script)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_is_read_from_a_pipe(served: Served, tmp_path: Path, source: str) -> None:
    text, flags = SOURCES[source]
    (tmp_path / "packed.gz").write_bytes(gzip.compress(text.encode()))
    packed = f"gzip -dc {tmp_path}/packed.gz"
    told = _printed(f"{packed} | memorybank import - --from {source} {flags} --yes --json")
    again = _printed(f"memorybank import <({packed}) --from {source} {flags} --yes --json")
    if source in importers.CONVERSATIONS:
        assert (told["conversations"], again["conversations"]) == (1, 1)
    else:
        assert (told["createdCount"], again["unchangedCount"]) == (1, 1)
    assert [*(tmp_path / "temporary").iterdir()] == []


def test_an_export_is_piped_into_an_import(served: Served) -> None:
    _printed("memorybank add 'I like tea' --scope user_id=ada --json")
    told = _printed("memorybank export - | memorybank import - --create --json")
    assert told["createdCount"] == 1


def test_errors_name_the_pipe_and_the_line(served: Served) -> None:
    broken = _shell(f"printf '%s\\n{{' '{json.dumps(HEAD)}' | memorybank import -")
    assert broken.returncode == 1
    assert "line 2: is not JSON" in broken.stderr
    empty = _shell("memorybank import - < /dev/null")
    assert empty.returncode == 1
    assert "standard input: is no export" in empty.stderr


def test_what_came_through_a_pipe_is_kept_for_this_process_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = subprocess.Popen(["/bin/sh", "-c", f"printf 'one\\ntwo\\n' > {pipe}"])
    with rereadable(str(pipe)) as kept:
        with kept.open("rb") as first, kept.open("rb") as again:
            assert os.fstat(first.fileno()).st_mode & 0o077 == 0
            assert again.read() == b"one\ntwo\n"
        with kept.open("rb") as again:
            assert again.read() == b"one\ntwo\n"
        assert str(kept) == str(pipe)
        assert [*tmp_path.iterdir()] == [pipe]
    assert writer.wait(PATIENCE) == 0


def test_a_file_is_read_where_it_is(tmp_path: Path) -> None:
    for named in (tmp_path / "there", tmp_path / "absent"):
        (tmp_path / "there").write_text("x")
        with rereadable(str(named)) as file:
            assert file == named


def test_a_terminal_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    leader, follower = os.openpty()
    with os.fdopen(leader, "rb"), os.fdopen(follower, "r") as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        with pytest.raises(InvalidArgument, match="memorybank import -"), rereadable("-"):
            pass


def test_a_closed_standard_input_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(InvalidArgument, match="standard input is closed"), rereadable("-"):
        pass


@pytest.mark.parametrize("size", [5_000, 50_000])
def test_a_full_disk_is_reported_with_what_helps(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x" * size)))
    least, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, most))
    try:
        with pytest.raises(FailedPrecondition, match="File too large") as failed, rereadable("-"):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (least, most))
    assert "set TMPDIR to a directory with room" in failed.value.message


def test_without_a_temporary_directory_an_import_says_what_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("tempfile._candidate_tempdir_list", lambda: [str(tmp_path / "absent")])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"I like tea")))
    with pytest.raises(FailedPrecondition, match="No usable temporary directory") as failed, rereadable("-"):
        pass
    assert "set TMPDIR to a directory with room, or name a file" in failed.value.message


def test_what_has_expired_is_skipped_and_counted(served: Served) -> None:
    facts = [
        ("I like tea", "2020-01-31"),
        ("I like jam", "2100-01-31"),
        ("I like rye", None),
        ("I like pie", "9999-12-31"),
    ]
    entries = [{"memory": fact, "user_id": "ada", "expiration_date": end} for fact, end in facts]
    told = _shell(f"printf '%s' '{json.dumps(entries)}' | memorybank import - --from mem0")
    assert (told.returncode, told.stdout.splitlines()) == (
        0,
        ["3 memories and 0 sessions were created.", "Expired already, and skipped: 1."],
    )
    listed = json.loads(_shell("memorybank list --json").stdout)
    ends = {each["fact"]: each.get("expireTime") for each in listed}
    assert ends == {"I like jam": "2100-02-01T00:00:00Z", "I like rye": None, "I like pie": None}
    wrong = json.dumps([{"memory": "a", "user_id": "ada", "expiration_date": "soon"}])
    refused = _shell(f"printf '%s' '{wrong}' | memorybank import - --from mem0")
    assert "entry 1: expiration_date must be a date such as 2030-01-31, not 'soon'" in refused.stderr
