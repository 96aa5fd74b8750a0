"""The embedder against a scripted Gemini: the right method and number of texts for each model, and unit vectors."""

from __future__ import annotations

import math
import subprocess
import sys
import threading

import pytest

from memorybank.errors import DeadlineExceeded, FailedPrecondition, InvalidArgument, ResourceExhausted, Unavailable
from memorybank.models.embedding import unit
from memorybank.models.gemini.embedder import GeminiEmbedder
from memorybank.models.gemini.provider import Developer
from memorybank.models.usage import Meter, metered
from memorybank.ports.models import Purpose
from memorybank.testing.gemini.server import GeminiServer, Reply, failing
from tests.contract.gemini import Waits, embedder, provider
from tests.waiting import PATIENCE

D, Q = Purpose.DOCUMENT, Purpose.QUERY
FULL_NAME = "projects/q/locations/us-east5/publishers/google/models/text-multilingual-embedding-002"


@pytest.mark.parametrize(
    ("api", "model", "method", "calls"),
    [
        ("developer", None, "batchEmbedContents", 1),
        ("developer", "gemini-embedding-2", "embedContent", 3),
        ("developer", "unheard-of", "embedContent", 3),
        ("vertex", "gemini-embedding-9", "embedContent", 3),
        ("vertex", None, "predict", 1),
        ("vertex", FULL_NAME, "predict", 1),
        ("vertex", "publishers/google/models/gemini-embedding-001", "predict", 3),
        ("vertex", "gemini-embedding-2", "embedContent", 3),
        ("vertex", "projects/q/locations/l/endpoints/77", "predict", 3),
    ],
)
def test_each_model_is_asked_in_its_own_way(
    server: GeminiServer, api: str, model: str | None, method: str, calls: int
) -> None:
    texts = ["I like tea", "I live in Oslo", "my dog is called Rex"]
    with embedder(server, api) as gemini:
        vectors = gemini.embed(texts, purpose=D, model=model)
        again = gemini.embed(texts[1:2], purpose=D, model=model)
    assert [asked.method for asked in server.asked] == [method] * (calls + 1)
    assert len({vector.values for vector in vectors}) == 3
    assert vectors[1] == again[0]
    assert all(len(vector.values) == 768 for vector in vectors)
    assert all(math.isclose(sum(value**2 for value in vector.values), 1, rel_tol=1e-9) for vector in vectors)


@pytest.mark.parametrize(("purpose", "task"), [(D, "RETRIEVAL_DOCUMENT"), (Q, "RETRIEVAL_QUERY")])
def test_purpose_and_length_are_told(server: GeminiServer, purpose: Purpose, task: str) -> None:
    with embedder(server, "developer", dimensions=256) as gemini:
        gemini.embed(["a b"], purpose=purpose)
        gemini.embed(["a b"], purpose=purpose, model="gemini-embedding-2")
    with embedder(server, "vertex", dimensions=256) as gemini:
        gemini.embed(["a b"], purpose=purpose)
        gemini.embed(["a b"], purpose=purpose, model="gemini-embedding-2")
    batch, one, predict, on_vertex = (asked.body for asked in server.asked)
    options = {"taskType": task, "outputDimensionality": 256}
    content = {"parts": [{"text": "a b"}]}
    told = "title: none | text: a b" if purpose is D else "task: search result | query: a b"
    in_words = {"parts": [{"text": told}]}
    assert batch == {"requests": [{"model": "models/gemini-embedding-001", "content": content, **options}]}
    assert one == {"content": in_words, "outputDimensionality": 256}, "the second one passes over taskType"
    assert predict == {
        "instances": [{"content": "a b", "task_type": task}],
        "parameters": {"outputDimensionality": 256},
    }
    assert on_vertex == {"content": in_words, "embedContentConfig": {"outputDimensionality": 256}}


def test_the_caller_proves_who_it_is(server: GeminiServer) -> None:
    for api in ("developer", "vertex"):
        with embedder(server, api) as gemini:
            gemini.embed(["a"], purpose=Q)
    developer, vertex = (asked.headers for asked in server.asked)
    assert developer["x-goog-api-key"] == "the-key"
    assert (vertex["authorization"], vertex["x-goog-user-project"]) == ("Bearer token", "billed")
    assert server.asked[1].location == "europe-west1"


def test_vectors_are_stored_under_the_model_and_their_length(server: GeminiServer) -> None:
    with embedder(server, "vertex", dimensions=256) as gemini:
        assert gemini.resolve(None) == gemini.resolve("publishers/google/models/text-embedding-005")
        assert gemini.resolve(None) == "text-embedding-005@256"
        assert gemini.resolve(FULL_NAME) == "text-multilingual-embedding-002@256"
        assert gemini.resolve("projects/q/locations/l/endpoints/77") == "l-endpoints/77@256"
        with pytest.raises(FailedPrecondition, match="must be a model's id"):
            gemini.resolve("a/b/c")


def test_the_developer_api_has_another_model_for_those_it_lacks_and_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gemini = GeminiEmbedder(Developer("k"))
    for _ in range(2):
        assert gemini.resolve("text-embedding-005") == gemini.resolve(None) == "gemini-embedding-001@768"
    assert gemini.resolve(FULL_NAME) == "gemini-embedding-001@768"
    told = [(each.__dict__["configured"], each.__dict__["used"]) for each in caplog.records]
    assert told == [
        ("text-embedding-005", "gemini-embedding-001"),
        ("text-multilingual-embedding-002", "gemini-embedding-001"),
    ]
    gateway = GeminiEmbedder(Developer("k", "http://gateway"))
    assert gateway.resolve("text-embedding-005") == "text-embedding-005@768", "a gateway may have it"


def test_many_texts_go_in_as_few_calls_as_are_taken(server: GeminiServer) -> None:
    with embedder(server, "vertex") as gemini:
        assert len(gemini.embed([f"fact {number}" for number in range(251)], purpose=D)) == 251
        assert [len(asked.body["instances"]) for asked in server.asked] == [250, 1]
        server.asked.clear()
        gemini.embed(["é" * 9000, "é" * 9000, "é" * 9000], purpose=D)
        assert [len(asked.body["instances"]) for asked in server.asked] == [2, 1]
    server.asked.clear()
    with embedder(server) as gemini:
        gemini.embed(["a"] * 101, purpose=D)
        assert [len(asked.body["requests"]) for asked in server.asked] == [100, 1]
        server.asked.clear()
        assert gemini.embed([], purpose=D) == []
        assert server.asked == []


def test_a_number_or_length_of_vectors_that_was_not_asked_for_is_refused(server: GeminiServer) -> None:
    server.script += [
        Reply({"embeddings": [{"values": [1.0] * 768}]}),
        Reply({"embeddings": [{"values": [1.0] * 3072}]}),
    ]
    with embedder(server) as gemini:
        with pytest.raises(FailedPrecondition, match="1 vectors for 2 texts"):
            gemini.embed(["a", "b"], purpose=D)
        with pytest.raises(FailedPrecondition, match=r"\[3072\].*MEMORYBANK_EMBEDDING_DIMENSIONS asks for 768"):
            gemini.embed(["a"], purpose=D)
    server.asked.clear()
    with embedder(server, "vertex", dimensions=1024) as gemini, pytest.raises(FailedPrecondition) as caught:
        gemini.embed(["a"], purpose=D)
    assert "MEMORYBANK_EMBEDDING_DIMENSIONS asks for 1024" in caught.value.message
    assert "set at most 768, or choose another model by MEMORYBANK_EMBEDDING_MODEL" in caught.value.message
    assert server.asked == []


@pytest.mark.parametrize("dimensions", [0, 2049, 3072])
def test_vectors_that_no_store_takes_are_refused_at_once(server: GeminiServer, dimensions: int) -> None:
    with pytest.raises(InvalidArgument, match="2048"):
        GeminiEmbedder(provider(server, "vertex"), dimensions=dimensions)


@pytest.mark.parametrize(
    "reply", [Reply("<html>"), Reply({}), Reply({"embeddings": "x"}), Reply({"embeddings": [{"values": []}]})]
)
def test_an_answer_that_cannot_be_read_is_asked_for_again(server: GeminiServer, reply: Reply) -> None:
    server.script.append(reply)
    with embedder(server) as gemini:
        assert len(gemini.embed(["a"], purpose=D)) == 1
    server.script += [reply] * 4
    with embedder(server) as gemini, pytest.raises(Unavailable, match="unreadable answer"):
        gemini.embed(["a"], purpose=D)


def test_what_passes_is_tried_again_within_bounds(server: GeminiServer) -> None:
    waits = Waits()
    server.script += [failing(503), failing(429, retry_info="2s")]
    with embedder(server, "vertex", retry=waits.retry()) as gemini:
        assert len(gemini.embed(["a"], purpose=Q)) == 1
        assert waits.waits == [1.0, 2.0]
        server.script += [failing(429)] * 4
        with pytest.raises(ResourceExhausted, match="no quota left"):
            gemini.embed(["a"], purpose=Q)
    assert len(server.asked) == 7


def test_a_server_that_hangs_hangs_up_or_is_gone_is_given_up(server: GeminiServer) -> None:
    waits = Waits()
    with GeminiServer() as hanging:  # a request may arrive there after it was given up
        hanging.script += [Reply({}, delay=PATIENCE)] * 2
        with embedder(hanging, timeout=0.2, retry=waits.retry(attempts=2)) as gemini, pytest.raises(DeadlineExceeded):
            gemini.embed(["a"], purpose=Q)
    assert len(waits.waits) == 1
    server.script += [Reply({}, hang_up=True)] * 2
    with embedder(server, retry=Waits().retry(attempts=2)) as gemini, pytest.raises(Unavailable):
        gemini.embed(["a"], purpose=Q)
    with GeminiServer() as gone:
        pass
    with embedder(gone) as gemini, pytest.raises(Unavailable, match="cannot be reached"):
        gemini.embed(["a"], purpose=Q)


def test_a_kept_connection_that_has_ended_costs_no_attempt(server: GeminiServer) -> None:
    waits = Waits()
    with embedder(server, retry=waits.retry(attempts=1)) as gemini:
        gemini.embed(["a"], purpose=Q)
        server.script.append(Reply({}, hang_up=True))
        assert len(gemini.embed(["a"], purpose=Q)) == 1
    assert waits.waits == []
    assert len(server.asked) == 3


def test_threads_embed_at_the_same_time_and_get_their_own(server: GeminiServer) -> None:
    found: dict[int, bool] = {}
    with embedder(server, "vertex") as gemini:
        [alone] = gemini.embed(["fact 3"], purpose=D)

        def ask(number: int) -> None:
            found[number] = (gemini.embed([f"fact {number}"], purpose=D) == [alone]) == (number == 3)

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == dict.fromkeys(range(8), True)


def test_a_model_that_the_location_lacks_is_asked_globally(server: GeminiServer) -> None:
    server.missing.add(("europe-west1", "gemini-embedding-2"))
    with embedder(server, "vertex", anywhere=True) as gemini:
        for _ in range(2):
            gemini.embed(["a"], purpose=Q, model="gemini-embedding-2")
    assert [asked.location for asked in server.asked] == ["europe-west1", "global", "global"]


def test_a_model_that_is_gone_is_told_with_the_setting_to_change(server: GeminiServer) -> None:
    server.script.append(failing(404, "models/embedding-001 is not found"))
    with embedder(server) as gemini, pytest.raises(FailedPrecondition, match="another by MEMORYBANK_EMBEDDING_MODEL"):
        gemini.embed(["a"], purpose=Q, model="embedding-001")


def test_tokens_are_counted_where_the_api_tells_them(server: GeminiServer) -> None:
    with metered(Meter()) as meter, embedder(server, "vertex") as gemini:
        gemini.embed(["12345678", "1234"], purpose=D)
    counts = {"calls": 1, "inputTokens": 3, "outputTokens": 0, "cachedTokens": 0}
    assert meter.summary() == {"embed": {**counts, "model": "text-embedding-005"}}


def test_half_characters_and_endless_texts_do_no_harm(server: GeminiServer) -> None:
    with embedder(server) as gemini:
        assert len(gemini.embed(["half \ud83d", "x " * 100_000], purpose=D)) == 2
    sent = [request["content"]["parts"][0]["text"] for asked in server.asked for request in asked.body["requests"]]
    assert sent[0] == "half \ufffd"
    assert len(sent[1]) == 20_000


def test_a_zero_vector_stays_one() -> None:
    assert unit([0.0, 0.0]) == (0.0, 0.0)
    assert unit([3.0, 4.0]) == (0.6, 0.8)


def test_embedding_loads_neither_google_genai_nor_any_http_library() -> None:
    program = (
        "import sys, memorybank.models.gemini.embedder, memorybank.models.gemini.provider_settings\n"
        "heavy = {'google.genai', 'google.auth', 'httpx', 'requests', 'pydantic', 'jsonschema'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
