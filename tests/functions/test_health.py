"""What /health says: that the bank works, and not only that its process is there."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from memorybank.tasks.in_process import InProcessQueue
from tests.conftest import Serve, Served


def test_a_bank_that_works_is_healthy(served: Served) -> None:
    with served.http() as http:
        assert http.get("/health").json() == {"status": "ok"}


def test_a_bank_whose_file_is_gone_is_not_healthy(serve: Serve, tmp_path: Path) -> None:
    served = serve(data=str(tmp_path / "bank.db"))
    engine = served.create_engine()
    with served.http() as http:
        (tmp_path / "bank.db").rename(tmp_path / "moved.db")
        answer = http.get("/health")
        assert (answer.status_code, answer.json()["error"]["status"]) == (503, "UNAVAILABLE")
        body = {"fact": "I like tea", "scope": {"user_id": "ada"}}
        refused = http.post(f"/v1beta1/{engine}/memories", json=body)
        assert refused.status_code == 503, "what cannot be kept must not be acknowledged"
        assert str(tmp_path) not in refused.text
        (tmp_path / "moved.db").rename(tmp_path / "bank.db")
        assert http.get("/health").json() == {"status": "ok"}
        assert http.get(f"/v1beta1/{engine}/memories").json() == {}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_threads_that_have_died_are_told_once_and_work_goes_on(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    served = serve()
    engine = served.create_engine()
    queue = served.bank.adapters.queue
    assert isinstance(queue, InProcessQueue)
    with monkeypatch.context() as dying:

        def die() -> None:
            raise SystemExit

        dying.setattr(queue, "_deliver_due", die)
        dispatcher = queue._dispatcher  # noqa: SLF001 - it is to be seen to die
        assert dispatcher is not None
        dispatcher.join(120)
    with served.http() as http:
        found = [http.get("/health") for _ in range(2)]
        told = [answer for answer in found if answer.status_code == 503]
        assert all("task-dispatcher died" in answer.text for answer in told)
        assert len(told) <= 1  # none if the watch was quicker
        source = {
            "directContentsSource": {"events": [{"content": {"role": "user", "parts": [{"text": "I like tea."}]}}]}
        }
        body = {"scope": {"user_id": "ada"}, **source}
        name = http.post(f"/v1beta1/{engine}/memories:generate", json=body).json()["name"]
        end = time.monotonic() + 120
        while not http.get(f"/v1beta1/{name}").json().get("done"):
            assert time.monotonic() < end
            time.sleep(0.01)
