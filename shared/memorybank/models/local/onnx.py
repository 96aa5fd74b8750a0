"""An encoder from a folder in the form of sentence-transformers, with the model in ONNX format.

The folder holds `tokenizer.json`, one `.onnx` file (beside it or in `onnx/`), and the usual JSON files that say how
long texts may be, how the vectors of tokens become one, and what is put before queries and documents.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from memorybank.errors import FailedPrecondition
from memorybank.ports.models import Purpose

_MODELS = ("model.onnx", "onnx/model.onnx", "model_optimized.onnx", "onnx/model_quantized.onnx")
_KNOWN_STEPS = ("Transformer", "Pooling", "Normalize")
_POOLING = ("pooling_mode_mean_tokens", "pooling_mode_cls_token")
_READY_OUTPUT = "sentence_embedding"
_PROMPTS = {Purpose.QUERY: ("query",), Purpose.DOCUMENT: ("document", "passage")}
_LONGEST = 512
"""Tokens of a text, if the folder does not say how many."""


def folder_problem(path: str) -> str | None:
    """Return why a folder cannot be used, or None if it can. No model is loaded."""
    folder = Path(path)
    if not folder.is_dir():
        return "must be a folder with a sentence-transformers model in ONNX format: there is no such folder"
    if not (folder / "tokenizer.json").is_file():
        return "must be a folder with tokenizer.json, which this one lacks"
    try:
        _model_file(folder)
        _length(folder)
        _pooling(folder)
    except FailedPrecondition as error:
        return error.message
    return None


class OnnxEncoder:
    """An `Encoder` from a folder."""

    def __init__(self, path: str) -> None:
        self._folder = Path(path)

    @cached_property
    def length(self) -> int:
        """The length of the vectors, as the folder says."""
        return _length(self._folder)

    @cached_property
    def name(self) -> str:
        """A digest of the files that vectors depend on: the folder may move."""
        digest = sha256()
        settings = sorted([*self._folder.glob("*.json"), *self._folder.glob("*/*.json")])
        for file in (_model_file(self._folder), *settings):
            with file.open("rb") as opened:
                digest.update(file_digest(opened, "sha256").digest())
        return f"onnx-{digest.hexdigest()[:16]}"

    def encode(self, texts: Sequence[str], purpose: Purpose) -> list[list[float]]:
        """Return one vector per text, in order."""
        tokenizer, session = self._loaded
        prefix = next((self._prompts[key] for key in _PROMPTS[purpose] if key in self._prompts), "")
        encoded = tokenizer.encode_batch([prefix + text for text in texts])
        return self._vectors(session, encoded)

    @cached_property
    def _pooling(self) -> str:
        return _pooling(self._folder)

    @cached_property
    def _prompts(self) -> Mapping[str, str]:
        prompts: Mapping[str, str] = _read(self._folder / "config_sentence_transformers.json").get("prompts") or {}
        return prompts

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        """Return the tokenizer and the session, which runs in the calling thread alone."""
        import onnxruntime  # noqa: PLC0415 - loaded only if something is embedded
        from tokenizers import Tokenizer  # noqa: PLC0415 - as above

        tokenizer_file = self._folder / "tokenizer.json"
        try:
            tokenizer = Tokenizer.from_file(str(tokenizer_file))
        except Exception as error:
            raise FailedPrecondition(f"{tokenizer_file} is not a tokenizer that can be loaded") from error
        longest = _read(self._folder / "sentence_bert_config.json").get("max_seq_length") or _LONGEST
        tokenizer.enable_truncation(max_length=longest)
        tokenizer.enable_padding(pad_id=tokenizer.token_to_id("[PAD]") or tokenizer.token_to_id("<pad>") or 0)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        file = _model_file(self._folder)
        try:
            return tokenizer, onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise FailedPrecondition(f"{file} is not a model that onnxruntime can load") from error

    def _vectors(self, session: Any, encoded: Sequence[Any]) -> list[list[float]]:
        import numpy as np  # noqa: PLC0415 - as above

        known = {
            "input_ids": [each.ids for each in encoded],
            "attention_mask": [each.attention_mask for each in encoded],
            "token_type_ids": [each.type_ids for each in encoded],
        }
        asked = [each.name for each in session.get_inputs()]
        if unknown := set(asked) - set(known):
            raise FailedPrecondition(f"the model asks for {', '.join(sorted(unknown))}, which texts do not have")
        outputs = [each.name for each in session.get_outputs()]
        output = _READY_OUTPUT if _READY_OUTPUT in outputs else outputs[0]
        [found] = session.run([output], {name: np.array(known[name], dtype=np.int64) for name in asked})
        if found.ndim == 3:  # noqa: PLR2004 - texts, tokens, numbers
            mask = np.array(known["attention_mask"], dtype=np.float32)[:, :, None]
            first = self._pooling == "pooling_mode_cls_token"
            found = found[:, 0] if first else (found * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)
        if found.shape != (len(encoded), self.length):
            raise FailedPrecondition(f"the model gives vectors of {found.shape[-1]}, its folder says {self.length}")
        vectors: list[list[float]] = found.tolist()
        return vectors


def _model_file(folder: Path) -> Path:
    usual = next((folder / name for name in _MODELS if (folder / name).is_file()), None)
    if usual is not None:
        return usual
    found = [*folder.glob("*.onnx"), *folder.glob("onnx/*.onnx")]
    if len(found) == 1:
        return found[0]
    has = f"has {len(found)}" if found else "lacks"
    raise FailedPrecondition(f"must be a folder with model.onnx or onnx/model.onnx, or one file of that kind: it {has}")


def _length(folder: Path) -> int:
    for file, key in (("1_Pooling/config.json", "word_embedding_dimension"), ("config.json", "hidden_size")):
        length = _read(folder / file).get(key)
        if isinstance(length, int) and length > 0:
            return length
    raise FailedPrecondition("must be a folder whose config.json says hidden_size, the length of the vectors")


def _pooling(folder: Path) -> str:
    """Return how vectors of tokens become one: by their mean, or the first token's."""
    if other := [step for step in _steps(folder) if step not in _KNOWN_STEPS]:
        raise FailedPrecondition(f"must be a model of {', '.join(_KNOWN_STEPS)}: its modules.json adds {other[0]}")
    config = _read(folder / "1_Pooling/config.json")
    chosen: list[str] = [key for key, value in config.items() if key.startswith("pooling_mode_") and value is True]
    if not chosen:
        return _POOLING[0]
    if len(chosen) > 1 or chosen[0] not in _POOLING:
        raise FailedPrecondition(f"must be a model with one of {', '.join(_POOLING)}, not {', '.join(chosen)}")
    return chosen[0]


def _steps(folder: Path) -> Iterator[str]:
    modules = _read(folder / "modules.json", empty=[])
    for module in modules:
        if not isinstance(module, dict):
            raise FailedPrecondition("must be a folder whose modules.json is an array of objects")
        yield str(module.get("type", "")).rpartition(".")[2]


def _read(file: Path, *, empty: Any = None) -> Any:
    """Return what a JSON file holds, or nothing if there is no such file."""
    empty = {} if empty is None else empty
    try:
        found = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return empty
    except OSError as error:
        raise FailedPrecondition(f"must be a folder with files that can be read: {file.name} is not") from error
    except (ValueError, RecursionError) as error:
        raise FailedPrecondition(f"must be a folder with valid JSON files: {file.name} is not") from error
    if not isinstance(found, type(empty)):
        raise FailedPrecondition(f"must be a folder whose {file.name} is a JSON {'array' if empty == [] else 'object'}")
    return found
