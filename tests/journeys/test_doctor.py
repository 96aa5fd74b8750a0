"""The doctor examines a bank through Google's SDK, and tells what is wrong where something is."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

import pytest

from memorybank.client.credentials import bearer_for
from memorybank.client.transport import Answer
from memorybank.commands.doctor import Deployment, Examination
from memorybank.commands.main import main
from memorybank.errors import FailedPrecondition, Unauthenticated
from memorybank.models.gemini.model import GeminiModel
from memorybank.models.gemini.provider import Developer
from memorybank.models.openai_compatible.model import OpenAIModel
from memorybank.models.openai_compatible.service import Service
from memorybank.ports.models import ExtractedFact, ExtractionRequest
from memorybank.testing.gemini.server import GeminiServer
from memorybank.testing.openai.kinds import OLLAMA
from memorybank.testing.openai.server import OpenAIServer
from memorybank.testing.scripted import ScriptedModel
from tests.conftest import LOCATION, Serve, Served
from tests.waiting import PATIENCE


def unknown_model(request: ExtractionRequest) -> list[ExtractedFact]:
    raise FailedPrecondition("the model gemini-99 does not exist in us-central1")


def examined(served: Served, *, wait: float = PATIENCE) -> tuple[int, str]:
    said: list[str] = []
    deployment = Deployment(served.url, served.project, LOCATION, generation_timeout=wait)
    return Examination(deployment, said.append).run(), "\n".join(said)


def test_a_healthy_bank_is_found_so_and_left_as_it_was(serve: Serve) -> None:
    served = serve()
    code, said = examined(served)
    assert (code, said.splitlines()[-1]) == (0, "All is well."), said
    with served.http() as http:
        assert http.get(f"/v1beta1/{served.parent}/reasoningEngines").json() == {}


def test_what_the_model_says_is_passed_on(serve: Serve) -> None:
    code, said = examined(serve(model=ScriptedModel(extract=unknown_model)))
    assert code == 1
    assert "FAILED  language model: LookupError: the model gemini-99 does not exist in us-central1" in said
    assert "ok      deletion" in said


def test_a_model_that_is_closed_to_new_users_is_told_with_the_setting_to_change(serve: Serve) -> None:
    with GeminiServer() as server:
        provider = Developer("k", server.url)
        for name, code in ((None, 0), ("gemini-2.5-flash", 1)):
            with closing(GeminiModel(provider, default_model=name)) as model:
                found, said = examined(serve(model=model))
            assert found == code, said
    assert (
        "FAILED  language model: LookupError: the Gemini Developer API does not offer the model gemini-2.5-flash"
        in said
    )
    assert "name another by MEMORYBANK_GENERATION_MODEL" in said


def test_a_model_that_a_local_server_lacks_is_told_with_what_to_do(serve: Serve) -> None:
    with OpenAIServer(OLLAMA) as server, closing(OpenAIModel(Service(server.url), default_model="qwen3:8b")) as model:
        server.missing.add("qwen3:8b")
        found, said = examined(serve(model=model))
    assert found == 1, said
    assert "FAILED  language model: LookupError: the server of MEMORYBANK_MODEL_URL does not offer the model" in said
    assert "ollama pull qwen3:8b" in said


def test_a_generation_that_does_not_end_points_to_queue_and_worker(serve: Serve) -> None:
    go_on = threading.Event()

    def hang(request: ExtractionRequest) -> list[ExtractedFact]:
        go_on.wait(PATIENCE)
        return []

    try:
        code, said = examined(serve(model=ScriptedModel(extract=hang)), wait=0.5)
    finally:
        go_on.set()
    assert code == 1
    assert "FAILED  queue and worker: TimeoutError: the generation has not ended within 0 s" in said


def test_a_dead_address_is_told_before_anything_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--url", "http://127.0.0.1:9/"]) == 1
    first, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith("FAILED  address: Nothing listens on http://127.0.0.1:9")
    assert "memorybank serve --port 9" in first


def test_an_address_that_is_no_url_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["doctor", "--url", "memory.example.com"])
    assert "'memory.example.com' is not a base URL" in capsys.readouterr().err


def test_a_bank_elsewhere_needs_a_project(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEMORYBANK_PROJECT", raising=False)
    assert main(["doctor", "--url", "https://bank.example.com"]) == 1
    assert "--project: is needed for a bank that is not on this machine" in capsys.readouterr().err


@pytest.mark.parametrize("status", [404, 301, 502])
def test_what_answers_but_is_no_bank_is_a_wrong_address(status: int) -> None:
    """Not an open door, whatever it says to strangers."""
    said: list[str] = []

    class Elsewhere(Deployment):
        def knock(self) -> Answer:
            return Answer(status, b"<html>")

    assert Examination(Elsewhere("https://bank.example.com", "p", LOCATION), said.append).run() == 1
    assert said[0].startswith("FAILED  address: https://bank.example.com ")
    assert str(status) in said[0]
    assert "base_url" in said[0]


def test_a_key_file_that_gives_no_token_is_named_and_the_metadata_server_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    with pytest.raises(Unauthenticated) as caught:
        bearer_for("https://bank.example.com")()
    assert "GOOGLE_APPLICATION_CREDENTIALS gives none" in caught.value.message
    assert "metadata server" not in caught.value.message
