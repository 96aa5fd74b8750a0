"""Apply new facts: have the model decide what they change, and prepare a single commit of the result.

The facts of all operations that wait for a scope are processed together: one decision, one commit. They are applied in
order, each to the result of those before it, so the outcome is the same as if the generations had run one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TypeAlias

from memorybank.bank.generation.decide import Choice, Decider
from memorybank.bank.generation.match import Matcher, Pending
from memorybank.bank.generation.memory_changes import Change, net
from memorybank.bank.generation.provenance import content_of, marked_earlier, metadata_of, origin_of
from memorybank.bank.guards.refusals import LeftOut
from memorybank.bank.memories import stored
from memorybank.bank.memories.lifetimes import Cause, memory_end
from memorybank.bank.memories.origin import Origin
from memorybank.bank.memories.records import NATURAL, PROFILE, MemoryRecord
from memorybank.bank.memories.workspace import Workspace
from memorybank.bank.packing import CHANGE_SIZE
from memorybank.ports.models import Action, Intent, Relation
from memorybank.ports.sizes import MAX_COMMIT
from memorybank.resources.memory import MAX_PAIRS, Memory
from memorybank.resources.topics import MemoryTopicId

_ROUNDS = 3
"""How many more rounds of decisions are made for facts that affect the same memory, each after those before it.

Whatever is left then follows the last decision: a later correction wins over an earlier one, and every wording stays
in the revisions.
"""

_WORD_FOR_WORD = "It names the memory word for word."

_Step: TypeAlias = partial[None]
"""One change of one memory."""


@dataclass
class Consolidation:
    """One attempt at consolidating new facts: `run` it, then commit what is in `workspace`.

    `room` is how many bytes the commit has for it. If it is `full`, facts are left that did not fit.
    """

    matcher: Matcher
    decider: Decider
    now: datetime
    room: int = MAX_COMMIT // 8 * 7
    full: bool = False
    workspace: Workspace = field(init=False)
    _known: dict[str, MemoryRecord | None] = field(default_factory=dict)
    _changes: dict[str, list[Change]] = field(default_factory=dict)
    _left_out: dict[str, tuple[LeftOut, ...]] = field(default_factory=dict)
    _operations: dict[str, str] = field(default_factory=dict)
    _settled: set[str] = field(default_factory=set)
    _applied: dict[str, set[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open the workspace."""
        self.workspace = Workspace(self.matcher.config, self.now, self.matcher.ports.rules.deleted_retention)

    def run(self, pending: Sequence[Pending]) -> None:
        """Apply new facts, in order: profile fields replace their memories directly, the others are compared first.

        It ends early, and is `full`, when no more of them fit the commit.
        """
        self._fill([new for new in pending if new.fact.profile is not None])
        pending = [new for new in pending if new.fact.profile is None]
        self._known.update({record.path: record for record in self.matcher.repeats(pending)})
        fresh = {(new.hash, new.fact.intent): new for new in reversed(pending) if self._repeat_of(new) is None}
        asked = [new for new in pending if new.consolidates and fresh.get((new.hash, new.fact.intent)) is new]
        self.matcher.embed([new.fact.fact for new in pending if self._repeat_of(new) is None])
        choices = self._decide(asked)
        for _ in range(_ROUNDS):
            pending = self._apply(pending, choices)
            if not pending or self.full:
                return
            choices = self._decide(pending)
        for new in pending:
            made = choices.get(new.path, ())
            corrections = [c for c in made if c.action is Action.UPDATE and self._known.get(c.path) is not None]
            self._apply_choices(new, self._usable(made) or corrections)

    def _fill(self, pending: Sequence[Pending]) -> None:
        """Store profile fields, each in place of its previous value."""
        if not pending:
            return
        self._known.update(self.matcher.at(list(dict.fromkeys(new.path for new in pending))))
        self.matcher.embed([new.fact.fact for new in pending if new.fact.intent is not Intent.FORGET])
        for new in pending:
            self._apply_steps(new, [partial(self._fill_one, new)])

    def _fill_one(self, new: Pending) -> None:
        record = self._known.get(new.path)
        if record is not None and new.said and record.said and new.said < record.said:
            self._record_earlier(new, record)
        elif new.fact.intent is Intent.FORGET:
            if record is not None:
                self._delete(new, record)
        elif record is None:
            self._create(new)
        else:
            self._update(new, record, text=new.fact.fact)

    def changes(self, operation: str, *, earlier: Sequence[Change] = ()) -> list[Change]:
        """Return the net change by the operation at a document path to each memory that it changed.

        `earlier` are its changes in earlier commits.
        """
        return net([*earlier, *self._changes.get(operation, [])])

    def left_out(self, operation: str) -> list[LeftOut]:
        """Return the decisions that were refused for the applied facts of an operation."""
        paths = [path for path, owner in self._operations.items() if owner == operation]
        return [each for path in paths if path in self._settled for each in self._left_out.get(path, ())]

    def applied(self, operation: str) -> set[int]:
        """Return the indexes of the facts of an operation that have been applied as a whole."""
        return self._applied.get(operation, set())

    def _decide(self, pending: Sequence[Pending]) -> Mapping[str, tuple[Choice, ...]]:
        decided = self.decider.decide(pending, known=self._known, changed=self.workspace.living())
        self._left_out |= {new.path: decided.left_out.get(new.path, ()) for new in pending}
        self._operations |= {new.path: new.operation for new in pending}
        choices = decided.choices
        self.matcher.embed([choice.text for made in choices.values() for choice in made if choice.text])
        return choices

    def _apply(self, pending: Sequence[Pending], choices: Mapping[str, Sequence[Choice]]) -> list[Pending]:
        """Carry out the decisions, in order, and return the facts that need a new decision on the current memories.

        These are facts without a decision, facts whose decision concerned a memory that has changed since, and facts
        that affect a memory which one of these may change first.
        """
        deferred: list[Pending] = []
        held: set[str] = set()
        for new in pending:
            made = self._repeated(new) or (choices.get(new.path) if new.consolidates else ())
            paths = {choice.path for choice in made or ()}
            if made is None or len(self._usable(made)) < len(made) or held & paths:
                deferred.append(new)
                held |= paths
            else:
                self._apply_choices(new, made)
        return deferred

    def _repeated(self, new: Pending) -> list[Choice]:
        """Return the choices for a fact already known word for word: keep one memory, or forget all that match."""
        if new.fact.intent is Intent.FORGET:
            return [
                Choice(record.path, Action.DELETE, shown=record.fact, relation=Relation.ENDS, reason=_WORD_FOR_WORD)
                for record in self._repeats_of(new)
                if not (new.said and record.said and new.said < record.said)
            ]
        record = self._repeat_of(new)
        if record is None:
            return []
        return [Choice(record.path, Action.KEEP, shown=record.fact, relation=Relation.SAME, reason=_WORD_FOR_WORD)]

    def _usable(self, choices: Sequence[Choice]) -> list[Choice]:
        """Return the choices whose memory has not changed since they were made."""
        return [c for c in choices if (known := self._known.get(c.path)) is not None and known.fact == c.shown]

    def _apply_choices(self, new: Pending, choices: Sequence[Choice]) -> None:
        """Carry out choices. A fact to remember that no choice stores becomes a new memory."""
        steps: list[_Step] = []
        placed = False
        for choice in choices:
            record = self._known[choice.path]
            if record is None:
                continue
            if choice.earlier:
                steps.append(partial(self._record_earlier, new, record, choice=choice))
                placed = True
            elif choice.action is Action.DELETE:
                steps.append(partial(self._delete, new, record, choice=choice))
            else:
                text = choice.text if choice.action is Action.UPDATE and choice.text else record.fact
                steps.append(partial(self._update, new, record, text=text, choice=choice))
                placed = True
        if not placed and new.fact.intent is Intent.REMEMBER:
            steps.append(partial(self._create, new))
        self._apply_steps(new, steps)

    def _apply_steps(self, new: Pending, steps: Sequence[_Step]) -> None:
        """Take all steps of a fact, or none if they do not fit the commit.

        If they do not even fit a commit of their own, it gets as many as fit, deletions first: what is placed last ends
        the fact. Until then, the fact does not count as applied.
        """
        if self.full:
            return
        start = self._saved()
        is_alone = self.workspace.count == 0
        if self._take_steps(steps):
            self._applied.setdefault(new.operation, set()).add(new.index)
            self._settled.add(new.path)
            return
        self.full = True
        self.workspace, self._known, self._changes = start
        if is_alone:
            self._take_steps(sorted(steps, key=lambda step: step.func != self._delete))

    def _take_steps(self, steps: Sequence[_Step]) -> bool:
        """Take steps until one does not fit, and tell whether all did. The first one of a commit always fits."""
        for step in steps:
            before, is_first = self._saved(), self.workspace.count == 0
            step()
            if not (is_first or self._fits()):
                self.workspace, self._known, self._changes = before
                return False
        return True

    def _fits(self) -> bool:
        changes = sum(map(len, self._changes.values()))
        return self.workspace.fits(self.room - changes * CHANGE_SIZE)

    def _saved(self) -> tuple[Workspace, dict[str, MemoryRecord | None], dict[str, list[Change]]]:
        changes = {operation: list(made) for operation, made in self._changes.items()}
        return self.workspace.copy(), dict(self._known), changes

    def _create(self, new: Pending) -> None:
        memory = Memory(
            fact=new.fact.fact,
            scope=new.request.scope,
            topics=[MemoryTopicId.of(key) for key in new.fact.topics],
            metadata=new.request.metadata or {},
            memory_type=NATURAL if new.fact.profile is None else PROFILE,
            structured_content=content_of(new),
            expire_time=memory_end(self.matcher.config, Cause.GENERATED, now=self.now),
        )
        vector, model = self.matcher.vector(new.fact.fact)
        record = self.workspace.create(new.path, memory, vector=vector, model=model, origin=self._origin(new))
        self._log(new, record, Change(record.path, "CREATED", None))

    def _update(self, new: Pending, record: MemoryRecord, *, text: str, choice: Choice | None = None) -> None:
        memory = record.memory
        topics = {topic.key: topic for topic in [*memory.topics, *map(MemoryTopicId.of, new.fact.topics)]}
        end = memory_end(self.matcher.config, Cause.REGENERATED, now=self.now, current=memory.expire_time)
        changes = {
            "fact": text,
            "topics": list(topics.values())[:MAX_PAIRS],
            "metadata": metadata_of(new, memory.metadata),
            "expire_time": end,
            "structured_content": content_of(new),
        }
        vector = self.matcher.vector(text) if text != record.fact else None
        changed = self.workspace.update(record, self._origin(new, choice), changes=changes, vector=vector)
        self._log(new, changed, Change(record.path, "UPDATED", record.latest_revision))

    def _record_earlier(self, new: Pending, record: MemoryRecord, *, choice: Choice | None = None) -> None:
        """Add a fact that was said before the memory to its history: a revision that changes nothing."""
        changed = self.workspace.update(record, marked_earlier(self._origin(new, choice)), changes={})
        self._log(new, changed, Change(record.path, "UPDATED", record.latest_revision))

    def _delete(self, new: Pending, record: MemoryRecord, *, choice: Choice | None = None) -> None:
        written = record.version is not None
        revisions = stored.revisions_of(self.matcher.ports, record.path) if written else []
        self.workspace.delete(record, self._origin(new, choice), revisions=revisions)
        self._log(new, None, Change(record.path, "DELETED", record.latest_revision))

    def _log(self, new: Pending, record: MemoryRecord | None, change: Change) -> None:
        known, made = self._known.get(change.path), self.workspace.newest(change.path)
        change = replace(
            change,
            state=None if made == change.previous else made,
            before=known.memory.update_time if known else None,
        )
        self._known[change.path] = record
        self._changes.setdefault(new.operation, []).append(change)

    def _origin(self, new: Pending, choice: Choice | None = None) -> Origin:
        refused = self._left_out.get(new.path, ())
        return origin_of(new, decided_by=self.decider.produced_by(new), refused=refused, choice=choice)

    def _repeat_of(self, new: Pending) -> MemoryRecord | None:
        return next(iter(self._repeats_of(new)), None)

    def _repeats_of(self, new: Pending) -> list[MemoryRecord]:
        """Return the memories whose current text is exactly the new fact."""
        if not new.consolidates:
            return []
        known = (record for record in self._known.values() if record is not None and record.hash == new.hash)
        return [record for record in known if new.may_touch(record.memory.metadata)]
