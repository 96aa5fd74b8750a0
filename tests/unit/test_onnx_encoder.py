"""Encoders from a folder in ONNX format: the real runtime and tokenizer, on a model of a few bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from memorybank.adapters import make_embedder
from memorybank.config import Settings, read_settings
from memorybank.errors import FailedPrecondition, InvalidArgument
from memorybank.models.local.onnx import OnnxEncoder
from memorybank.plugins import greeting_of
from memorybank.ports.models import Embedder, Purpose
from memorybank.testing.contracts.embedder import EmbedderContract
from tests.unit.tiny_onnx import LENGTH, WORDS, write_folder

ROWS = [[float(place == number % LENGTH) * (number + 1) for place in range(LENGTH)] for number in range(len(WORDS))]
MEAN = {"pooling_mode_mean_tokens": True, "word_embedding_dimension": LENGTH}
FIRST = {"pooling_mode_cls_token": True, "word_embedding_dimension": LENGTH}


def _encoded(folder: Path, *texts: str, purpose: Purpose = Purpose.DOCUMENT) -> list[list[float]]:
    return OnnxEncoder(str(folder)).encode(texts, purpose)


def _row(word: str) -> list[float]:
    return ROWS[WORDS.index(word)]


class TestOnnxEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, tmp_path: Path) -> Embedder:
        folder = write_folder(tmp_path / "model", ROWS)
        return make_embedder(Settings(local_embedding=str(folder), embedding_dimensions=256 + LENGTH))


@pytest.mark.parametrize("files", [{}, {"1_Pooling__config": MEAN}], ids=["unsaid", "said"])
def test_a_texts_vector_is_the_mean_of_its_tokens_without_padding(
    tmp_path: Path, files: dict[str, dict[str, object]]
) -> None:
    folder = write_folder(tmp_path / "model", ROWS, **files)
    short, _ = _encoded(folder, "tea", "green tea green tea green tea")
    tokens = [_row("[CLS]"), _row("tea"), _row("[SEP]")]
    assert short == pytest.approx([sum(column) / 3 for column in zip(*tokens, strict=True)])


def test_a_texts_vector_is_its_first_tokens_if_the_folder_says_so(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "model", ROWS, **{"1_Pooling__config": FIRST})
    assert _encoded(folder, "tea", "coffee") == [_row("[CLS]")] * 2


def test_prompts_of_the_folder_are_put_before_queries(tmp_path: Path) -> None:
    prompts = {"config_sentence_transformers": {"prompts": {"query": "query : ", "passage": ""}}}
    folder = write_folder(tmp_path / "model", ROWS, **prompts)
    [asked], [meant] = _encoded(folder, "tea", purpose=Purpose.QUERY), _encoded(folder, "query : tea")
    assert asked == meant
    assert asked != _encoded(folder, "tea")[0]


def test_long_texts_are_cut_where_the_folder_says(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "model", ROWS, sentence_bert_config={"max_seq_length": 4})
    assert _encoded(folder, "tea tea") == _encoded(folder, "tea tea coffee coffee")


def test_the_name_is_that_of_the_files_wherever_they_are(tmp_path: Path) -> None:
    one, other = (OnnxEncoder(str(write_folder(tmp_path / name, ROWS))).name for name in ("one", "other"))
    changed = OnnxEncoder(str(write_folder(tmp_path / "changed", ROWS[::-1]))).name
    pooled = OnnxEncoder(str(write_folder(tmp_path / "pooled", ROWS, **{"1_Pooling__config": FIRST}))).name
    assert one == other
    assert len({one, changed, pooled}) == 3


def test_naming_a_folder_is_enough_to_use_it(tmp_path: Path) -> None:
    folder = str(write_folder(tmp_path / "model", ROWS))
    environment = {"MEMORYBANK_LOCAL_EMBEDDING": folder, "MEMORYBANK_EMBEDDING_DIMENSIONS": "256"}
    for models in ({}, {"GEMINI_API_KEY": "k"}):
        assert make_embedder(read_settings({**environment, **models})).resolve(None).startswith("onnx-")
    assert "16 languages" not in greeting_of(read_settings(environment)), "nobody knows how many the folder's has"
    chosen = read_settings({**environment, "MEMORYBANK_EMBEDDINGS": "offline"})
    assert make_embedder(chosen).resolve(None) == "offline-hash-256"


@pytest.mark.parametrize(
    ("files", "missing", "says"),
    [
        ({}, "tokenizer.json", "with tokenizer.json, which this one lacks"),
        ({}, "model.onnx", "model.onnx or onnx/model.onnx, or one file of that kind: it lacks"),
        ({}, "config.json", "whose config.json says hidden_size"),
        ({"modules": [{"type": "sentence_transformers.models.Dense"}]}, None, "its modules.json adds Dense"),
        ({"1_Pooling__config": {"pooling_mode_max_tokens": True}}, None, "not pooling_mode_max_tokens"),
        ({"modules": {"a": 1}}, None, "modules.json is a JSON array"),
        ({"modules": ["Pooling"]}, None, "modules.json is an array of objects"),
        ({"1_Pooling__config": [1]}, None, "config.json is a JSON object"),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused_with_what_it_lacks(
    tmp_path: Path, files: dict[str, dict[str, object]], missing: str | None, says: str
) -> None:
    folder = write_folder(tmp_path / "model", ROWS, **files)
    if missing is not None:
        (folder / missing).unlink()
    with pytest.raises(InvalidArgument) as caught:
        Settings(local_embedding=str(folder))
    [violation] = caught.value.violations
    assert violation.field == "MEMORYBANK_LOCAL_EMBEDDING"
    assert says in violation.description


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("model.onnx", r"model\.onnx is not a model that onnxruntime can load"),
        ("tokenizer.json", r"tokenizer\.json is not a tokenizer that can be loaded"),
    ],
)
def test_a_file_that_cannot_be_loaded_fails_with_its_name(tmp_path: Path, name: str, says: str) -> None:
    folder = write_folder(tmp_path / "model", ROWS)
    (folder / name).write_bytes(b"{}")
    with pytest.raises(FailedPrecondition, match=says):
        _encoded(folder, "tea")


def test_a_model_whose_vectors_are_not_as_long_as_its_folder_says_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "model", ROWS)
    (folder / "config.json").write_text('{"hidden_size": 5}')
    with pytest.raises(FailedPrecondition, match="gives vectors of 4, its folder says 5"):
        _encoded(folder, "tea")
