"""The servers that a scripted one can stand for, and how each differs from OpenAI's API.

Independent of the adapter (`models/openai_compatible`), so that each can prove the other wrong. What a kind takes and
refuses is as these servers were known on 2026-11-28; no real server was asked.
"""

from __future__ import annotations

from dataclasses import dataclass

BOTH = frozenset({"max_tokens", "max_completion_tokens"})


@dataclass(frozen=True)
class Kind:
    """What a server takes, refuses and leaves out.

    `forms` are the types of `response_format` that it takes, `ignored` those that it takes and does not follow.
    `bounds` says whether schemas may limit the length of lists.
    `limits` are the parameters that limit an answer; `context` is the most tokens of prompt and answer, 0 for no limit.
    `dimensions` is the length of all vectors of an embedding model that has one length only.
    """

    key_header: str = ""
    query: str = ""
    prefix: str = "/v1"
    forms: frozenset[str] = frozenset({"json_schema", "json_object"})
    ignored: frozenset[str] = frozenset()
    bounds: bool = True
    limits: frozenset[str] = BOTH
    context: int = 0
    system: bool = True
    pictures: bool = True
    thinks: bool = False
    counts: bool = True
    streams: bool = False
    dimensions: int = 0


OPENAI = Kind(key_header="authorization", limits=frozenset({"max_completion_tokens"}))
AZURE = Kind(key_header="api-key", query="api-version=2024-10-21", prefix="/openai/deployments/{model}", bounds=False)
OLLAMA = Kind(thinks=True, pictures=False)
VLLM = Kind(context=17_500, dimensions=768, system=False)
LM_STUDIO = Kind(forms=frozenset({"json_schema"}), ignored=frozenset({"json_schema"}), counts=False)
LITELLM = Kind(key_header="authorization", forms=frozenset({"json_object"}), limits=frozenset({"max_tokens"}))
PLAIN = Kind(forms=frozenset(), limits=frozenset(), counts=False, streams=True, thinks=True)
"""A small server of somebody's own, which streams whatever it is asked."""

KINDS = {
    "openai": OPENAI,
    "azure": AZURE,
    "ollama": OLLAMA,
    "vllm": VLLM,
    "lm-studio": LM_STUDIO,
    "litellm": LITELLM,
    "plain": PLAIN,
}
