"""Settings: read from the environment, checked together, every mistake named."""

from __future__ import annotations

import re
import sys
from importlib.metadata import metadata
from pathlib import Path

import pytest
import yaml

from memorybank.bootstrap import function
from memorybank.config import Settings, read_settings, refuse_local_on_cloud_run
from memorybank.errors import InvalidArgument
from memorybank.extras import MODULES, missing
from memorybank.local.bank import embedded_adapters
from memorybank.plugins import greeting_of

TASKS = {
    "MEMORYBANK_QUEUE": "cloud-tasks",
    "MEMORYBANK_TASKS_QUEUE": "projects/p/locations/l/queues/q",
    "MEMORYBANK_TASKS_ACCOUNT": "tasks@p.iam.gserviceaccount.com",
    "MEMORYBANK_WORKER_URL": "https://worker.example.app/",
}


def _violations(**environment: str) -> dict[str, str]:
    with pytest.raises(InvalidArgument) as caught:
        read_settings({f"MEMORYBANK_{name}": value for name, value in environment.items()})
    return {violation.field.removeprefix("MEMORYBANK_"): violation.description for violation in caught.value.violations}


def test_without_an_environment_the_bank_is_one_file_on_this_machine() -> None:
    settings = read_settings({"PATH": "/bin"})
    assert (settings.store, settings.data, settings.queue) == ("sqlite", "memorybank.db", "in-process")
    assert settings == Settings()


def test_texts_become_what_the_settings_are() -> None:
    urls = '{"retrieve": "https://retrieve.example.app"}'
    settings = read_settings({**TASKS, "MEMORYBANK_THREADS": "4", "MEMORYBANK_FUNCTION_URLS": urls})
    assert (settings.threads, settings.max_attempts) == (4, 8)
    assert settings.function_urls == {"retrieve": "https://retrieve.example.app"}


def test_what_is_given_by_name_wins_over_the_environment() -> None:
    assert read_settings({"MEMORYBANK_DATA": "a.db"}, data="b.db").data == "b.db"


def test_all_that_is_wrong_is_named_at_once() -> None:
    wrong = _violations(
        STORE="firestore", QUEUE="cloud-tasks", THREADS="0", MAX_ATTEMPTS="many", DATBASE="x", LOG_LEVEL="LOUD"
    )
    assert set(wrong) == {
        *("PROJECT", "TASKS_QUEUE", "TASKS_ACCOUNT", "WORKER_URL"),
        *("THREADS", "MAX_ATTEMPTS", "DATBASE", "LOG_LEVEL"),
    }
    assert wrong["THREADS"] == "must be a number from 1 to 256"
    assert wrong["DATBASE"].startswith("is not a setting: do you mean MEMORYBANK_DATABASE")
    assert _violations(ZZZ="1")["ZZZ"] == "is not a setting: docs/configuration.md lists them"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STORE", "postgres"),
        ("STORE", ""),
        ("DATA", ""),
        ("TASKS_QUEUE", "work"),
        ("TASKS_ACCOUNT", "tasks"),
        ("WORKER_URL", "worker.example.app"),
        ("TASKS_EMULATOR", "http://localhost:1"),
        ("FUNCTION_URLS", "https://example.app"),
        ("FUNCTION_URLS", '["https://example.app"]'),
        ("FUNCTION_URLS", '{"retrieve": "https://example.app/path"}'),
        ("FUNCTION_URLS", '{"retrieve": "ftp://example.app"}'),
        ("FUNCTION_URLS", '{"retrieve": 1}'),
        ("THREADS", "-1"),
        ("THREADS", "1.5"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused(name: str, value: str) -> None:
    assert set(_violations(**{name: value})) == {name}


def test_a_bank_in_one_process_refuses_a_queue_elsewhere_rather_than_ignore_it() -> None:
    with pytest.raises(InvalidArgument, match="MEMORYBANK_QUEUE"):
        embedded_adapters(read_settings(TASKS))


def _provider(**environment: str) -> str:
    return read_settings(environment).provider


def test_the_models_are_those_whose_credentials_are_there() -> None:
    project, key = {"MEMORYBANK_PROJECT": "p"}, {"GEMINI_API_KEY": "k"}
    assert _provider() == _provider(**project) == "offline"
    assert _provider(**key) == _provider(GOOGLE_API_KEY="k", **project) == "developer"
    assert _provider(K_SERVICE="retrieve", **project) == "vertex"
    assert _provider(GOOGLE_APPLICATION_CREDENTIALS="key.json", **project) == "vertex"
    assert _provider(GOOGLE_GENAI_USE_VERTEXAI="true", **key, **project) == "vertex"
    assert _provider(K_SERVICE="retrieve", **key, **project) == "developer", "a key was given on purpose"
    assert _provider(K_SERVICE="retrieve") == "offline", "nobody knows the project"


def test_what_is_asked_for_wins_over_what_is_there() -> None:
    assert _provider(MEMORYBANK_MODELS="offline", GEMINI_API_KEY="k") == "offline"
    assert _provider(MEMORYBANK_MODELS="gemini", MEMORYBANK_PROJECT="p") == "vertex"
    assert _provider(MEMORYBANK_MODELS="gemini", MEMORYBANK_MODEL_KEY="k") == "developer"
    assert set(_violations(MODELS="gemini")) == {"MODELS"}
    assert set(_violations(MODELS="gpt")) == {"MODELS"}


def _openai(**environment: str) -> Settings:
    named = {"MEMORYBANK_GENERATION_MODEL": "m", "MEMORYBANK_EMBEDDING_MODEL": "e"}
    return read_settings({"MEMORYBANK_MODELS": "openai", **named, **environment})


def test_models_behind_openais_api_get_the_key_and_the_url_that_are_meant_for_them() -> None:
    found = _openai(OPENAI_API_KEY="k", OPENAI_BASE_URL="http://gateway/v1", GEMINI_API_KEY="google's")
    assert (found.model_key, found.model_url) == ("k", "http://gateway/v1")
    local = _openai(MEMORYBANK_MODEL_URL="http://localhost:11434/v1", OPENAI_API_KEY="k", GEMINI_API_KEY="google's")
    assert local.model_key is None, "neither key is for that server"
    azure = _openai(MEMORYBANK_MODEL_URL="https://r.openai.azure.com/openai/v1?api-version=x", MEMORYBANK_MODEL_KEY="k")
    assert azure.model_key == "k"
    assert read_settings({"OPENAI_API_KEY": "k"}).provider == "offline", "nothing is sent anywhere unless asked for"


def test_what_models_behind_openais_api_lack_is_named() -> None:
    lacking = _violations(MODELS="openai")
    assert set(lacking) == {"MODELS", "GENERATION_MODEL", "EMBEDDING_MODEL"}
    assert "OPENAI_API_KEY" in lacking["MODELS"]
    assert set(_violations(MODELS="gemini", MODEL_KEY="k", MODEL_URL="http://gateway?key=1")) == {"MODEL_URL"}


def test_language_model_and_embedder_are_chosen_apart() -> None:
    apart = read_settings(
        {
            "MEMORYBANK_MODELS": "openai",
            "MEMORYBANK_EMBEDDINGS": "offline",
            "MEMORYBANK_GENERATION_MODEL": "m",
            "OPENAI_API_KEY": "k",
            "MEMORYBANK_DATA": ":memory:",
        }
    )
    adapters = embedded_adapters(apart)
    try:
        assert (adapters.model.name, adapters.embedder.resolve(None)) == ("m", "offline-hash-768")
    finally:
        adapters.store.close()
    assert greeting_of(apart) == (
        "Its models are m of OpenAI: what is said is sent there. Vectors come from another provider: offline."
    )
    lacking = _violations(MODELS="offline", EMBEDDINGS="openai", MODEL_URL="http://localhost:1234/v1")
    assert set(lacking) == {"EMBEDDING_MODEL"}
    assert set(_violations(EMBEDDINGS="gpt")) == {"EMBEDDINGS"}
    assert set(_violations(MODELS="gpt", EMBEDDINGS="openai", EMBEDDING_MODEL="e", MODEL_KEY="k")) == {"MODELS"}
    named = {"GENERATION_MODEL": "m", "EMBEDDING_MODEL": "e", "MODEL_KEY": "k"}
    for pair in ({"MODELS": "gemini", "EMBEDDINGS": "openai"}, {"MODELS": "openai", "EMBEDDINGS": "gemini"}):
        assert set(_violations(**pair, **named)) == {"EMBEDDINGS"}, "one key cannot be for both"


def test_where_the_credentials_of_vertex_ai_come_from() -> None:
    def source(**environment: str) -> str:
        return read_settings(environment).model_credentials

    assert source() == "none"
    assert source(K_SERVICE="retrieve") == source(K_SERVICE="retrieve", GOOGLE_GENAI_USE_VERTEXAI="1") == "metadata"
    assert source(GOOGLE_GENAI_USE_VERTEXAI="1") == "adc"
    assert source(K_SERVICE="retrieve", GOOGLE_APPLICATION_CREDENTIALS="federation.json") == "adc"
    assert source(K_SERVICE="retrieve", MEMORYBANK_MODEL_CREDENTIALS="adc") == "adc"


def test_a_password_in_the_url_of_a_server_is_refused_without_being_shown() -> None:
    for url in ("https://ada:hush@models.example.com/v1", "https://ada@models.example.com"):
        with pytest.raises(InvalidArgument, match="MODEL_URL: must be a URL") as caught:
            Settings(models="offline", model_url=url)
        assert "hush" not in caught.value.message
    assert Settings(models="offline", model_url="https://models.example.com/@team/v1").model_url


def test_a_key_is_never_shown() -> None:
    settings = read_settings({"GEMINI_API_KEY": "hush", "GOOGLE_API_KEY": "hush-hush"})
    assert settings.model_key == "hush-hush", "as google-genai has it"
    assert "hush" not in repr(settings)
    adapters = embedded_adapters(Settings(data=":memory:", model_key="hush"))
    try:
        assert "hush" not in repr(vars(adapters.model)) + repr(vars(adapters.embedder))
        assert adapters.embedder.resolve(None) == "gemini-embedding-001@768"
    finally:
        adapters.store.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MODEL_URL", "gateway:4000"),
        ("MODEL_LOCATION", "Europe"),
        ("EMBEDDING_DIMENSIONS", "3072"),
        ("MAX_TOKENS_PER_OPERATION", "-1"),
        ("MODEL_CREDENTIALS", "key"),
    ],
)
def test_a_setting_of_the_models_that_cannot_be_meant_is_refused(name: str, value: str) -> None:
    assert set(_violations(**{name: value})) == {name}


def test_the_length_of_vectors_holds_offline_too() -> None:
    adapters = embedded_adapters(Settings(data=":memory:", embedding_dimensions="256"))  # type: ignore[arg-type]  # as the environment gives it
    try:
        assert adapters.embedder.resolve(None) == "offline-hash-256"
    finally:
        adapters.store.close()


def _refused(**environment: str) -> set[str]:
    try:
        refuse_local_on_cloud_run(read_settings(environment), environment)
    except InvalidArgument as error:
        return {violation.field for violation in error.violations}
    return set()


def test_on_cloud_run_neither_sqlite_nor_the_offline_model_is_taken_by_default() -> None:
    cloud_run = {"K_SERVICE": "retrieve"}
    firestore = {"MEMORYBANK_STORE": "firestore", "MEMORYBANK_PROJECT": "p"}
    assert _refused(**cloud_run) == {"MEMORYBANK_STORE", "MEMORYBANK_MODELS"}
    assert _refused(**cloud_run, MEMORYBANK_PROJECT="p") == {"MEMORYBANK_STORE"}
    assert _refused(**cloud_run, **firestore, MEMORYBANK_MODELS="offline") == {"MEMORYBANK_MODELS"}
    assert _refused(**cloud_run, **firestore) == set()
    assert _refused(**cloud_run, MEMORYBANK_LOCAL_CONFIRMED="yes") == set()
    assert _refused() == set()
    assert _violations(LOCAL_CONFIRMED="no") == {"LOCAL_CONFIRMED": "must be yes, or left out"}


@pytest.mark.parametrize(
    ("module", "environment", "says"),
    [
        (
            "google.cloud.firestore_v1",
            {"STORE": "firestore", "PROJECT": "p"},
            {"STORE": "firestore needs the extra firestore: pip install 'open-memory-bank[firestore]'"},
        ),
        (
            "opentelemetry.sdk",
            {"TELEMETRY": "otlp"},
            {"TELEMETRY": "otlp needs the extra telemetry: pip install 'open-memory-bank[telemetry]'"},
        ),
        (
            "google.genai",
            {"MODEL_KEY": "k", "MODELS": "auto"},
            {
                "MODELS": "gemini, of which a key or project is set, needs the extra gemini: "
                "pip install 'open-memory-bank[gemini]', or set MEMORYBANK_MODELS=offline"
            },
        ),
        (
            "google.cloud.tasks_v2",
            {name.removeprefix("MEMORYBANK_"): value for name, value in TASKS.items()},
            {"QUEUE": "cloud-tasks needs the extra cloud-tasks: pip install 'open-memory-bank[cloud-tasks]'"},
        ),
        (
            "google.auth",
            {"AUTH": "verify"},
            {"AUTH": "verify needs the extra access: pip install 'open-memory-bank[access]'"},
        ),
    ],
)
def test_an_extra_that_is_missing_is_named_before_the_first_request(
    monkeypatch: pytest.MonkeyPatch, module: str, environment: dict[str, str], says: dict[str, str]
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert _violations(**environment) == says


def test_nobody_needs_an_extra_that_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for modules in MODULES.values():
        for module in modules:
            monkeypatch.setitem(sys.modules, module, None)
    assert read_settings({}) == Settings()


def test_the_extras_are_those_of_the_package() -> None:
    assert set(MODULES) <= set(metadata("open-memory-bank").get_all("Provides-Extra") or ())
    assert missing(*MODULES) == []
    assert missing("sdk", "local") == []


def test_a_function_that_nobody_configured_does_not_start_on_cloud_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K_SERVICE", "retrieve")
    with pytest.raises(InvalidArgument, match="MEMORYBANK_STORE"):
        function("retrieve")


def test_what_the_readme_sets_for_a_function_from_source_is_enough_on_cloud_run() -> None:
    text = (Path(__file__).parents[2] / "infra" / "README.md").read_text()
    [variables] = re.findall(r"env\.yaml <<END\n(.*?)\nEND\n", text, re.DOTALL)
    names = {"PROJECT": "my-project", "REGION": "us-central1", "ACCOUNTS": "my-project.iam.gserviceaccount.com"}
    filled = re.sub(r"\$(\w+)", lambda found: names[found[1]], re.sub(r"\$\(.*\)", "https://w.example.app", variables))
    assert _refused(K_SERVICE="retrieve", **yaml.safe_load(filled)) == set()
