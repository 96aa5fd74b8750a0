"""Consolidation by rules: a fact changes a candidate only if the words leave no doubt.

A wrong merge loses a memory; a missed merge only leaves a duplicate. So in doubt the decision is CREATE.
"""

from __future__ import annotations

from dataclasses import replace

from memorybank.languages.language import words
from memorybank.languages.meanings.sentence import Sentence, sentence_of
from memorybank.models.offline.attributes import Attribute, attribute_of
from memorybank.models.offline.text import content, is_third_person, negated, numbers, statement, tokens
from memorybank.ports.models import (
    Action,
    Candidate,
    Claim,
    Decision,
    DecisionRequest,
    Intent,
    NewFact,
    ProposedChange,
    Relation,
    ReviewRequest,
)
from memorybank.statements.conflicts import conflict
from memorybank.statements.safety import update_is_safe

_CONNECTORS = words("""
    and with because since in at on for from but especially who which called named als und mit weil seit bei für namens
    et avec parce depuis chez pour y con porque desde para e perché da per com desde em
    """)
_ADDITIVE = words("""
    also too another other second additionally auch zusätzlich anderer andere zweite aussi également autre deuxième
    también otro otra segundo segunda anche altro altra secondo também outro outra
    """)

_SURE = frozenset({"flip", "state", "done"})
"""Why two statements cannot both be true, whoever else may be meant: one may have two sisters, but no other plan."""

_TURNS = frozenset({"now", "change"})
"""Senses that say that something is not as before."""

_LONGEST = 512
"""The longest texts whose words are compared one by one, in characters."""

_POSSESSIVES = words("my our mein meine unser unsere mon ma mes notre nos mi mis nuestro nuestra meu minha nosso nossa")


def decide(request: DecisionRequest) -> list[Decision]:
    """Return the decisions, per fact in order; a fact to forget that matches nothing has none.

    Later facts are compared with the candidates as changed by earlier facts of the same request.
    """
    shown = {candidate.number: candidate.fact for candidate in request.candidates}
    texts = dict(shown)
    decisions: list[Decision] = []
    for index, new in enumerate(request.facts):
        for decision in (
            _forget(index, new, texts) if new.intent is Intent.FORGET else [_remember(index, new, texts, shown=shown)]
        ):
            decisions.append(decision)
            if decision.candidate is not None and decision.action is Relation.ENDS.action:
                del texts[decision.candidate]
            elif decision.candidate is not None and decision.text is not None:
                texts[decision.candidate] = decision.text
    return decisions


def review(request: ReviewRequest) -> list[bool]:
    """Return for each change whether the rules alone would make it, too."""
    return [_agrees(change) for change in request.changes]


def _agrees(change: ProposedChange) -> bool:
    new = NewFact(change.fact, change.intent, (0,))
    action = Action.DELETE if change.text is None else Action.UPDATE
    made = decide(DecisionRequest((new,), (Candidate(0, change.known),)))
    return any(each.candidate == 0 and each.action is action for each in made)


def _forget(index: int, new: NewFact, texts: dict[int, str]) -> list[Decision]:
    return [
        _decision(index, Relation.ENDS, number, reason="The user asked to forget this.")
        for number in dict.fromkeys(new.candidates)
        if number in texts and _says(texts[number], new.fact)
    ]


def _says(candidate: str, forgotten: str) -> bool:
    wanted = content(forgotten)
    if not wanted or negated(candidate) != negated(forgotten) or _is_about_another(candidate, wanted):
        return False
    return wanted <= content(candidate) or _same_value(attribute_of(forgotten), attribute_of(candidate))


def _is_about_another(candidate: str, wanted: frozenset[str]) -> bool:
    """Whether a text is about somebody or something else: "My sister fears dogs" where "my dog" is to be forgotten."""
    whose, subject, *_ = [*tokens(candidate), "", ""]
    return whose in _POSSESSIVES and not content(subject) <= wanted


def _remember(index: int, new: NewFact, texts: dict[int, str], *, shown: dict[int, str]) -> Decision:
    """Return the decision on a fact; the words that it quotes are those that were `shown`."""
    updated: Decision | None = None
    for number in new.candidates:
        relation = _relation(new.fact, texts[number]) if number in texts else None
        if relation is None:
            continue
        kind, reason = relation
        if kind is Relation.SAME:
            return _decision(index, kind, number, reason=reason)
        if updated is None:
            words = _difference(shown[number], new.fact) if kind is Relation.REPLACES else ("", "")
            updated = replace(_decision(index, kind, number, reason=reason, words=words), text=new.fact)
    return updated or Decision(index, Relation.SEPARATE.action, reason="No candidate says this.")


def _decision(
    index: int, relation: Relation, number: int, *, reason: str, words: tuple[str, str] = ("", "")
) -> Decision:
    both = relation in (Relation.SAME, Relation.ADDS)
    claim = Claim(relation, same_subject=True, both_true=both, old_words=words[0], new_words=words[1])
    return Decision(index, relation.action, number, reason=reason, claim=claim)


def _difference(old: str, new: str) -> tuple[str, str]:
    """Return what two texts differ in: each without the words with which both begin."""
    before, after = old.split(), new.split()
    size = next((n for n, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), 0)
    return " ".join(before[size:]), " ".join(after[size:])


def _relation(fact: str, candidate: str) -> tuple[Relation, str] | None:
    mine, known = attribute_of(fact), attribute_of(candidate)
    alike = negated(fact) == negated(candidate)
    if _same_words(fact, candidate) or (
        alike and numbers(fact) == numbers(candidate) and _same_value(mine, known) and not _loaded(mine)
    ):
        return Relation.SAME, "The candidate says the same."
    if alike and numbers(candidate) <= numbers(fact) and _extends(fact, candidate):
        return Relation.ADDS, "The fact completes the candidate."
    if alike and numbers(candidate) == numbers(fact) and _extends(candidate, fact):
        return Relation.SAME, "The candidate says this and more."
    if mine and known and contradicts(mine, known) and not _ADDITIVE & set(tokens(fact)):
        return Relation.REPLACES, "The fact gives the same attribute another value."
    if _takes_the_place(fact, candidate):
        return Relation.REPLACES, "The fact and the candidate cannot both be true."
    return None


def _takes_the_place(fact: str, candidate: str) -> bool:
    """Whether the words show that both cannot be true, and that nothing but what is replaced would be lost."""
    if _ADDITIVE & set(tokens(fact)) or max(len(fact), len(candidate)) > _LONGEST:
        return False
    new, old = sentence_of(fact, candidate), sentence_of(candidate, fact)
    why = conflict(new, old)
    sure = why in _SURE or bool(new.senses & _TURNS) or (why == "value" and _is_of_one_thing(new, old))
    return why is not None and sure and update_is_safe(fact, fact, known=candidate)


def _is_of_one_thing(new: Sentence, old: Sentence) -> bool:
    """Whether both give a time or a number to something that is called "my": one may have several days of a class."""
    led = all(each.selves[:1] == ("own",) and not each.people for each in (new, old))
    return led and ("due" in new.senses or {value.kind for value in new.values} <= {"time", "number"})


def _same_words(one: str, other: str) -> bool:
    first, second = _comparable(one, other)
    if first == second:
        return bool(first) or one == other
    few = len(first) <= 2  # noqa: PLR2004  # a verb and its object: nothing that could change places
    return few and bool(first) and sorted(first) == sorted(second)


def _comparable(one: str, other: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    plain = is_third_person(one) != is_third_person(other)
    return statement(one, plain_verbs=plain), statement(other, plain_verbs=plain)


def _extends(longer: str, shorter: str) -> bool:
    """Whether one text begins with the other and continues with "and", "with", "because" or the like."""
    more, less = _comparable(longer, shorter)
    if len(less) < 2 or len(more) <= len(less) or more[: len(less)] != less:  # noqa: PLR2004  # a verb and its object
        return False
    return more[len(less)] in _CONNECTORS


def _same_value(one: Attribute | None, other: Attribute | None) -> bool:
    return one is not None and other is not None and (one.key, one.value) == (other.key, other.value)


def _loaded(attribute: Attribute | None) -> bool:
    return attribute is not None and attribute.loaded


def contradicts(mine: Attribute, known: Attribute) -> bool:
    """Tell whether a statement gives the same attribute another value, and says nothing else that would be lost."""
    if mine.key != known.key or known.loaded:
        return False
    if mine.negated or known.negated:
        return mine.negated != known.negated and mine.value == known.value
    if not (mine.sure and known.sure) and not mine.changes:
        return False
    return known.value[: len(mine.value)] != mine.value
