"""Where Gemini is asked: addresses of both APIs, and tokens by Google's two ways to get them."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from memorybank.adapters import make_embedder, make_model
from memorybank.config import Settings
from memorybank.errors import FailedPrecondition, InvalidArgument, Unavailable
from memorybank.metadata import AccessTokens
from memorybank.models.gemini.credentials import DefaultCredentials
from memorybank.models.gemini.model import GeminiModel
from memorybank.models.gemini.names import model_name
from memorybank.models.gemini.provider import Developer, Vertex
from memorybank.models.gemini.provider_settings import provider_of
from memorybank.models.usage import OverBudget
from memorybank.renewal import RETRY_AFTER
from memorybank.testing.gemini.server import GeminiServer
from memorybank.testing.processes import run_program
from tests.contract.gemini import Token, saying
from tests.waiting import until

PRO = model_name("gemini-3.8-flash")


class _Server(ThreadingHTTPServer):
    """Answers every request with the JSON of `body` and `status`; `asked` are the paths and headers."""

    daemon_threads = True

    def __init__(self, body: Any) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.body, self.status = body, 200
        self.asked: list[tuple[str, dict[str, str]]] = []


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.path, dict(self.headers)))
        body = json.dumps(self.server.body).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
        """Keep quiet."""


@contextmanager
def serving(body: Any) -> Iterator[_Server]:
    server = _Server(body)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_addresses_are_those_of_google_unless_a_gateway_is_named() -> None:
    embed = "embedContent"
    assert Developer("k").address(PRO, embed) == (
        "https://generativelanguage.googleapis.com/v1beta/models/gemini-3.8-flash:embedContent"
    )
    assert (
        Developer("k", "http://g/base/").address(PRO, embed)
        == "http://g/base/v1beta/models/gemini-3.8-flash:embedContent"
    )
    vertex = Vertex("p", "europe-west1", Token())
    path = "v1beta1/projects/p/locations/{}/publishers/google/models/gemini-3.8-flash:predict"
    hosts = {
        "europe-west1": "europe-west1-aiplatform.googleapis.com",
        "global": "aiplatform.googleapis.com",
        "eu": "aiplatform.eu.rep.googleapis.com",
    }
    for place, host in hosts.items():
        assert vertex.address(PRO, place, "predict") == f"https://{host}/{path.format(place)}"
    gateway = Vertex("p", "europe-west1", Token(), "http://g")
    assert gateway.address(PRO, "global", "predict") == f"http://g/{path.format('global')}"


def test_settings_say_which_api_is_asked_and_where() -> None:
    assert provider_of(Settings(model_key="k", model_url="http://g")) == Developer("k", "http://g")
    near = provider_of(Settings(models="gemini", project="p", location="europe-west1"))
    assert isinstance(near, Vertex)
    assert (near.project, near.location, near.anywhere) == ("p", "europe-west1", True)
    assert isinstance(near.tokens, DefaultCredentials)
    there = provider_of(Settings(model_credentials="metadata", project="p", model_location="europe-west4"))
    assert isinstance(there, Vertex)
    assert (there.location, there.anywhere) == ("europe-west4", False)
    assert isinstance(there.tokens, AccessTokens)


def test_settings_name_the_models_of_engines_that_name_none() -> None:
    named = "publishers/google/models/e-2"
    settings = Settings(model_key="k", generation_model="gemini-3.5-flash", embedding_model=named)
    assert make_model(settings).name == "gemini-3.5-flash"
    embedder = make_embedder(settings)
    assert (embedder.resolve(None), embedder.resolve("e-3")) == ("e-2@768", "e-3@768")
    with pytest.raises(InvalidArgument, match="MEMORYBANK_EMBEDDING_MODEL: must be a model's id"):
        Settings(embedding_model="e 2")


def test_a_token_of_the_metadata_server_is_kept_until_shortly_before_its_end() -> None:
    now = 1000.0
    with serving({"access_token": "one", "expires_in": 3600, "token_type": "Bearer"}) as server:
        tokens = AccessTokens(f"127.0.0.1:{server.server_port}", now=lambda: now)
        assert tokens() == tokens() == "one"
        [(path, headers)] = server.asked
        assert path == "/computeMetadata/v1/instance/service-accounts/default/token"
        assert headers["Metadata-Flavor"] == "Google"
        server.body = {"access_token": "two", "expires_in": 3600}
        now += 3600 - 201
        assert tokens() == "one"
        now += 2
        until(lambda: tokens() == "two")  # it is renewed while the old one, which is good still, is used
        now += 3600
        server.body = {"error": "x"}
        with pytest.raises(Unavailable, match="not an access token"):
            tokens()
        server.status = 503
        now += RETRY_AFTER
        with pytest.raises(Unavailable, match="503"):
            tokens()


def test_default_credentials_are_those_of_googles_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"access_token": "from google", "expires_in": 3600}) as server:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        account = {"type": "service_account", "client_email": "bank@p.iam", "private_key": pem, "private_key_id": "1"}
        file = tmp_path / "account.json"
        file.write_text(json.dumps({**account, "token_uri": f"http://127.0.0.1:{server.server_port}/token"}))
        monkeypatch.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", "billed")
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
        tokens = DefaultCredentials()
        vertex = Vertex("p", "l", tokens)
        assert vertex.headers() == {"authorization": "Bearer from google", "x-goog-user-project": "billed"}
        assert tokens() == "from google"
        assert len(server.asked) == 1
        server.status, server.body = 400, {"error": "invalid_grant"}
        with pytest.raises(Unavailable, match="no access token"):
            DefaultCredentials()()


def test_no_credentials_are_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "missing.json"))
    with pytest.raises(FailedPrecondition, match="gcloud auth application-default login"):
        DefaultCredentials()()


@pytest.mark.parametrize(
    ("settings", "provider"),
    [
        (Settings(embeddings="offline"), "offline"),
        (Settings(model_key="k"), "developer"),
        (Settings(models="gemini", project="p"), "vertex"),
    ],
)
def test_the_log_says_which_models_were_taken(
    settings: Settings, provider: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    make_model(settings)
    make_embedder(settings)
    told = [(record.message, record.__dict__["provider"]) for record in caplog.records]
    assert told == [("language model", provider), ("embedder", provider)]


def test_the_budget_of_the_settings_holds_and_a_gateway_of_theirs_is_asked() -> None:
    with GeminiServer() as server:
        for budget, error in ((0, None), (100, OverBudget)):
            model = make_model(Settings(model_key="k", model_url=server.url, max_tokens_per_operation=budget))
            assert isinstance(model, GeminiModel)
            with closing(model), pytest.raises(error) if error else nullcontext():
                model.extract(saying("I like tea"))
        assert len(server.asked) == 1


def test_googles_library_is_loaded_when_a_model_is_first_asked() -> None:
    program = (
        "import sys\n"
        "from memorybank.adapters import make_model\n"
        "from memorybank.config import Settings\n"
        "model = make_model(Settings(model_key='k'))\n"
        "assert type(model).__name__ == 'GeminiModel'\n"
        "assert 'google.genai' not in sys.modules\n"
    )
    ran = run_program([sys.executable, "-c", program])
    assert ran.returncode == 0, ran.stderr
