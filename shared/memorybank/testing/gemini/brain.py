"""The default answers of a scripted Gemini: the offline model reads this project's prompts and answers them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from memorybank.models.offline import OfflineModel
from memorybank.ports.models import (
    Candidate,
    Decision,
    DecisionRequest,
    Event,
    ExtractedFact,
    ExtractionRequest,
    Intent,
    LanguageModel,
    NewFact,
    ProfileSchema,
    ProposedChange,
    Reviewer,
    ReviewRequest,
    Topic,
)
from memorybank.resources.topics import ManagedTopic
from memorybank.testing.gemini.requests import Asked


def offline(asked: Asked) -> Any:
    """Return the answer to a prompt of extraction or consolidation."""
    return _answer(asked, OfflineModel())


def thinking_as(model: LanguageModel) -> Callable[[Asked], Any]:
    """Return a function that answers those prompts like a model; facts without a topic go under the first one."""

    def answer(asked: Asked) -> dict[str, Any]:
        found = _answer(asked, model)
        for fact in found.get("facts", ()):
            fact["topics"] = fact["topics"] or [each["topic"] for each in asked.fenced("topics")[:1]]
        return found

    return answer


def _answer(asked: Asked, model: LanguageModel) -> dict[str, Any]:
    if asked.fenced("changes"):
        return _review(asked, model)
    return _decide(asked, model) if asked.fenced("new_facts") else _extract(asked, model)


def _review(asked: Asked, model: LanguageModel) -> dict[str, Any]:
    lines = asked.fenced("changes")
    changes = tuple(
        ProposedChange(
            each["said"], Intent.FORGET if each["forget"] else Intent.REMEMBER, each["note"], each.get("then")
        )
        for each in lines
    )
    found = model.review(ReviewRequest(changes)) if isinstance(model, Reviewer) else [False] * len(changes)
    verdicts = [
        {
            "change": line["change"],
            "still_true": "" if right else line["note"],
            "asked_to_forget": line["forget"] and right,
            "disproved": right,
            "right": right,
        }
        for line, right in zip(lines, found, strict=True)
    ]
    return {"verdicts": verdicts}


def _extract(asked: Asked, model: LanguageModel) -> dict[str, Any]:
    lines = [line for line in asked.fenced("conversation") if not line.get("earlier")]
    events = tuple(Event("model" if line["speaker"] == "assistant" else "user", line["text"]) for line in lines)
    topics = tuple(_topic(each) for each in asked.fenced("topics"))
    third_person = "in the third person" in asked.system
    schemas = tuple(ProfileSchema(each["profile"], each["schema"]) for each in asked.fenced("profiles"))
    request = ExtractionRequest(events, topics, third_person=third_person, schemas=schemas)
    found = [_answered(fact, lines) for fact in model.extract(request)]
    answer = {"facts": [each for each in found if "profile" not in each]}
    return answer | ({"fields": [each for each in found if "profile" in each]} if schemas else {})


def _answered(fact: ExtractedFact, lines: list[dict[str, Any]]) -> dict[str, Any]:
    evidence = {
        "event": lines[fact.event or 0]["event"],
        "quote": fact.quote,
        "reason": fact.context,
        "intent": fact.intent.name,
    }
    if fact.profile is None:
        return {**evidence, "fact": fact.fact, "topics": list(fact.topics)}
    value = json.dumps(fact.profile.value)
    return {**evidence, "profile": fact.profile.schema, "field": fact.profile.name, "value": value}


def _topic(data: dict[str, str]) -> Topic:
    managed = data["topic"] in ManagedTopic.__members__
    return Topic(data["topic"], managed=managed, description="" if managed else data["what"])


def _decide(asked: Asked, model: LanguageModel) -> dict[str, Any]:
    facts = tuple(
        NewFact(each["says"], Intent[each["intent"]], tuple(each["candidates"])) for each in asked.fenced("new_facts")
    )
    candidates = tuple(
        Candidate(each["number"], each["memory"], tuple(each.get("earlier", ()))) for each in asked.fenced("memories")
    )
    found = model.decide(DecisionRequest(facts, candidates))
    return {
        "decisions": [
            {
                "fact": made.fact,
                "candidate": made.candidate,
                **_claimed(made),
                "text": made.text,
            }
            for made in found
        ]
    }


def _claimed(made: Decision) -> dict[str, Any]:
    """Return the reasons of a decision; without any, the action as earlier answers had it."""
    claim = made.claim
    if claim is None:
        return {"reason": made.reason, "action": made.action.name}
    return {
        "same_subject": claim.same_subject,
        "both_true": claim.both_true,
        "relation": claim.relation.name,
        "old_words": claim.old_words,
        "new_words": claim.new_words,
    }
