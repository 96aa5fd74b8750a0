"""The configuration of a bank: in words, and as JSON that can be changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from memorybank.console.addresses import address
from memorybank.console.pages.bank import bank_values
from memorybank.console.visit import Page, Redirect, Visit
from memorybank.errors import InvalidArgument, MemoryBankError, Violation

_CONFIG = "contextSpec.memoryBankConfig"


def show(visit: Visit, *, error: MemoryBankError | None = None) -> Page:
    """Show the configuration; `error` is what the API said of what was typed, which is shown again."""
    frame = bank_values(visit, "configuration")
    config = frame["engine"].get("contextSpec", {}).get("memoryBankConfig", {})
    values = {
        **frame,
        "rows": list(_rows(config)),
        "form": {
            "display_name": visit.form.get("display_name", frame["engine"].get("displayName", "")),
            "config": visit.form.get("config", json.dumps(config, indent=2, ensure_ascii=False)),
        },
        "error": error,
        "here": address(f"{visit.engine}/configuration"),
    }
    return Page("configuration.html", values, status=400 if error else 200)


def change(visit: Visit) -> Page | Redirect:
    """Replace the configuration and the name."""
    try:
        body = {
            "displayName": visit.form.get("display_name", ""),
            "contextSpec": {"memoryBankConfig": _parsed(visit.form.get("config", ""))},
        }
        mask = f"displayName,{_CONFIG}"
        visit.bank.wait(visit.bank.call("PATCH", visit.engine, body, query={"updateMask": mask}))
    except InvalidArgument as error:
        return show(visit, error=error)
    return Redirect(address(f"{visit.engine}/configuration"), "saved")


def _parsed(text: str) -> dict[str, Any]:
    try:
        config = json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        told = f"is not JSON: {error}" if isinstance(error, ValueError) else "is nested too deeply"
        raise InvalidArgument.of(Violation(_CONFIG, told)) from None
    if not isinstance(config, dict):
        raise InvalidArgument.of(Violation(_CONFIG, "must be an object, such as {}"))
    return config


def _rows(config: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield the main things in words; what is not set has the bank's defaults."""
    yield "Generation model", [config.get("generationConfig", {}).get("model") or "the server's"]
    yield "Embedding model", [config.get("similaritySearchConfig", {}).get("embeddingModel") or "the server's"]
    ttl = config.get("ttlConfig", {})
    lives = {
        "memories": ttl.get("defaultTtl"),
        **{_words(name): value for name, value in ttl.get("granularTtlConfig", {}).items()},
        "revisions": ttl.get("memoryRevisionDefaultTtl"),
    }
    yield "End of life", [f"{name}: {value}" for name, value in lives.items() if value] or ["memories stay"]
    for each in config.get("customizationConfigs", []):
        where = ", ".join(each.get("scopeKeys", [])) or "every other scope"
        yield f"Topics for {where}", list(_topics(each)) or ["the managed ones"]
    for each in config.get("structuredMemoryConfigs", []):
        where = ", ".join(each.get("scopeKeys", [])) or "every other scope"
        yield f"Profiles for {where}", [schema.get("id", "") for schema in each.get("schemaConfigs", [])]


def _topics(customization: Mapping[str, Any]) -> Iterator[str]:
    for topic in customization.get("memoryTopics", []):
        managed, custom = topic.get("managedMemoryTopic"), topic.get("customMemoryTopic")
        if managed:
            yield str(managed.get("managedTopicEnum", ""))
        if custom:
            yield f"{custom.get('label', '')}: {custom.get('description', '')}"


def _words(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name.removesuffix("Ttl"))
