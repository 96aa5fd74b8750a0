"""Backups of a bank's file: whole while it is served, and never over another file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from memorybank.commands.main import main
from tests.conftest import Serve


def test_a_bank_that_is_served_is_backed_up_and_restored_whole(
    serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, copy, again = (str(tmp_path / name) for name in ("bank.db", "copy.db", "again.db"))
    served = serve(data=data)
    engine = served.create_engine()
    with served.http() as http:
        body = {"fact": "I like tea", "scope": {"user_id": "ada"}}
        name = http.post(f"/v1beta1/{engine}/memories", json=body).json()["response"]["name"]
        assert main(["backup", copy, "--data", data]) == 0
        http.delete(f"/v1beta1/{name}")
    assert main(["restore", copy, "--data", again]) == 0

    restored = serve(data=again)
    with restored.http() as http:
        assert http.get(f"/v1beta1/{name}").json()["fact"] == "I like tea"
    assert f"memorybank serve --data {again}" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_nothing_is_overwritten_and_mistakes_are_told_in_a_sentence(
    command: str, serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, other = tmp_path / "bank.db", tmp_path / "other"
    serve(data=str(data))
    source, target = (data, other) if command == "backup" else (other, data)

    def refused(says: str) -> None:
        file, kept = (target, source) if command == "backup" else (source, target)
        assert main([command, str(file), "--data", str(kept)]) == 1
        assert says in capsys.readouterr().err

    if command == "restore":
        refused("there is no file")
        other.write_bytes(b"not a database, though long enough to be taken for one" * 40)
        refused("is not an SQLite database")
        other.unlink()
        with sqlite3.connect(other) as connection:
            connection.execute("CREATE TABLE theirs (a)")
        refused("another program")
    else:
        other.write_text("kept")
        refused("already exists")
        assert other.read_text() == "kept"
        target = tmp_path / "nowhere" / "copy.db"
        refused("its directory does not exist")
