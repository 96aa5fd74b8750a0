"""A model in ONNX format of a few hundred bytes, for tests: a vector for each token, looked up in a table.

It is written as protocol buffers by hand, so that no further package is needed.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "tea", "coffee", "green", "query", ":")
LENGTH = 4

_FLOAT, _INT64 = 1, 7


def write_folder(folder: Path, rows: Sequence[Sequence[float]], **files: object) -> Path:
    """Write a folder in the form of sentence-transformers; `rows` has a vector for each of `WORDS`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(_model(rows))
    wordpiece = {
        "model": {
            "type": "WordLevel",
            "vocab": {word: number for number, word in enumerate(WORDS)},
            "unk_token": "[UNK]",
        },
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": {
            "type": "BertProcessing",
            "sep": ["[SEP]", WORDS.index("[SEP]")],
            "cls": ["[CLS]", WORDS.index("[CLS]")],
        },
    }
    written: dict[str, object] = {
        "tokenizer.json": {"version": "1.0", "added_tokens": [], **wordpiece},
        "config.json": {"hidden_size": LENGTH},
        **{name.replace("__", "/") + ".json": content for name, content in files.items()},
    }
    for name, content in written.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content))
    return folder


def _model(rows: Sequence[Sequence[float]]) -> bytes:
    flat = struct.pack(f"<{len(rows) * LENGTH}f", *(value for row in rows for value in row))
    table = _number(1, len(rows)) + _number(1, LENGTH) + _number(2, _FLOAT) + _field(8, b"table") + _field(9, flat)
    node = b"".join(_field(number, text) for number, text in ((1, b"table"), (1, b"input_ids"), (2, b"out"))) + _field(
        4, b"Gather"
    )
    inputs = [_value(name, _INT64, 2) for name in (b"input_ids", b"attention_mask")]
    graph = (
        _field(1, node)
        + _field(2, b"tiny")
        + _field(5, table)
        + b"".join(_field(11, each) for each in inputs)
        + _field(12, _value(b"out", _FLOAT, 3))
    )
    return _number(1, 8) + _field(7, graph) + _field(8, _field(1, b"") + _number(2, 13))


def _value(name: bytes, kind: int, dimensions: int) -> bytes:
    """Describe an input or output whose dimensions have names instead of lengths."""
    shape = b"".join(_field(1, _field(2, b"d%d" % number)) for number in range(dimensions))
    return _field(1, name) + _field(2, _field(1, _number(1, kind) + _field(2, shape)))


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
