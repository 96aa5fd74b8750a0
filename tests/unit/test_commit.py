"""The commit of a generation: how much of it is one."""

from __future__ import annotations

from tests.unit.policy import Interfering, open_policy


def test_many_facts_are_settled_in_batches_that_fit_a_commit() -> None:
    policy, sizes = open_policy(wrap=Interfering), list[int]()
    names = [policy.accept(*[f"Fact {number} of {batch}" for number in range(120)]) for batch in range(3)]
    policy.wait(*names)
    policy.interfere(lambda writes: sizes.append(len(writes)))
    policy.deliver(names[0])
    assert [len(policy.actions(name)) for name in names] == [120] * 3
    assert max(sizes) < 500, "Firestore takes no more writes at once"
