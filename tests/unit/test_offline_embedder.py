"""The offline embedder: which texts are near, and that a text always gives the same vector."""

from __future__ import annotations

import hashlib
import math
import os
import struct
import subprocess
import sys

import pytest

from memorybank.errors import InvalidArgument
from memorybank.models.offline import OfflineEmbedder
from memorybank.ports.models import Purpose

DIGEST = "e508bcb56c807784ae3a649a0c982c275341d65e0d812e0f8ad814fe9e9223d8"
TEXT = "I like Café crème, 茶 and C++ 2.5!"


def embed(text: str, *, dimensions: int = 768, purpose: Purpose = Purpose.DOCUMENT) -> tuple[float, ...]:
    return OfflineEmbedder(dimensions=dimensions).embed([text], purpose=purpose)[0].values


def nearest(query: str, *texts: str) -> str:
    wanted = embed(query, purpose=Purpose.QUERY)
    return max(texts, key=lambda text: sum(map(lambda a, b: a * b, wanted, embed(text))))  # two sequences


def digest() -> str:
    values = embed(TEXT)
    return hashlib.sha256(struct.pack(f"<{len(values)}d", *values)).hexdigest()


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("what does the user like to drink?", "I like to drink tea"),
        ("Where do I live?", "The user lives in Berlin"),
        ("dog", "My dog is called Rex"),
        ("my dogs' names", "My dog is called Rex"),
        ("cafe creme", "I'm fond of café crème"),
        ("お茶", "お茶が好きです"),
        ("我喜欢喝什么茶", "我喜欢喝绿茶"),
        ("Wo arbeite ich?", "Ich arbeite bei Siemens"),
    ],
)
def test_texts_that_share_telling_words_are_near(query: str, answer: str) -> None:
    others = (
        "What I do is up to me",
        "The user has to go to the bank",
        "東京に住んでいます",
        "我住在北京",
        "Ich mag Köln",
    )
    assert nearest(query, *others, answer) == answer


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_a_text_gives_the_same_vector_in_every_process(seed: str) -> None:
    code = f"""
import hashlib, struct
from memorybank.models.offline import OfflineEmbedder
from memorybank.ports.models import Purpose
values = OfflineEmbedder().embed([{TEXT!a}], purpose=Purpose.QUERY)[0].values
print(hashlib.sha256(struct.pack(f"<{{len(values)}}d", *values)).hexdigest())
"""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)
    assert found.stdout.strip() == DIGEST == digest()


def test_purpose_and_model_make_no_difference() -> None:
    embedder = OfflineEmbedder()
    assert embed(TEXT, purpose=Purpose.QUERY) == embed(TEXT, purpose=Purpose.DOCUMENT)
    assert embedder.resolve(None) == embedder.resolve("text-embedding-005") == "offline-hash-768"
    assert OfflineEmbedder(dimensions=64).resolve(None) == "offline-hash-64"


@pytest.mark.parametrize("dimensions", [16, 768, 2048])
@pytest.mark.parametrize(
    "text", ["", "   ", "?!", "\u200b", "😀", "a", "I like tea", "\ud800", "x" * 1_000_000, "a b " * 250_000]
)
def test_every_text_gives_a_vector_of_unit_length(text: str, dimensions: int) -> None:
    values = embed(text, dimensions=dimensions)
    assert len(values) == dimensions
    assert math.isclose(math.hypot(*values), 1.0, rel_tol=1e-9)


def test_case_width_and_composition_make_no_difference() -> None:
    assert embed("CAFÉ no. 5") == embed("cafe\u0301 no. 5") == embed("ｃａｆé no. 5")  # wide on purpose


def test_differing_numbers_and_symbols_make_a_difference() -> None:
    assert embed("room 12") != embed("room 13")
    assert embed("I like C++") != embed("I like C#")


def test_texts_come_back_in_order() -> None:
    one, two = OfflineEmbedder().embed(["tea", "coffee"], purpose=Purpose.DOCUMENT)
    assert (one.values, two.values) == (embed("tea"), embed("coffee"))
    assert OfflineEmbedder().embed([], purpose=Purpose.DOCUMENT) == []


@pytest.mark.parametrize("dimensions", [0, 15, 2049])
def test_dimensions_out_of_range_are_refused(dimensions: int) -> None:
    with pytest.raises(InvalidArgument, match="dimensions"):
        OfflineEmbedder(dimensions=dimensions)
