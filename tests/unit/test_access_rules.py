"""What rules grant, and what is wrong with those that nobody can have meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from memorybank.access.patterns import Pattern
from memorybank.access.rights import UNLIMITED, Rights
from memorybank.access.rules import read_rules
from memorybank.errors import InvalidArgument, NotFound, PermissionDenied
from memorybank.resources.names import EngineName
from memorybank.resources.scopes import scope_key

E1, E2 = EngineName("p", "us-central1", "1"), EngineName("p", "us-central1", "2")
OWN = "[{callers: ['*@example.com'], scopes: [{user_id: '${caller}'}], access: write}]"


def rights(rules: str, caller: str = "ada@example.com") -> Rights:
    return read_rules(rules).rights(caller)


def wrong(rules: str) -> dict[str, str]:
    with pytest.raises(InvalidArgument) as refused:
        read_rules(rules)
    return {each.field: each.description for each in refused.value.violations}


def test_a_caller_may_do_what_a_rule_grants_and_nothing_else() -> None:
    ada = rights(OWN)
    assert ada.allows(E1, {"user_id": "ada@example.com"}, write=True)
    for scope in (
        {"user_id": "bob@example.com"},
        {"user_id": "ADA@example.com"},
        {"user_id": "ada@example.com", "app": "a"},
        {"app": "ada@example.com"},
        {},
    ):
        assert not ada.allows(E1, scope, write=False)
    assert not ada.unlimited(E1, write=False)


def test_whom_no_rule_names_knows_of_nothing() -> None:
    eve = rights(OWN, "eve@elsewhere.com")
    assert not eve.knows(E1)
    with pytest.raises(NotFound, match="does not exist"):
        eve.require_scope(E1, {"user_id": "eve@elsewhere.com"}, write=False)


def test_grants_add_up() -> None:
    both = rights(
        "[{callers: ['*'], scopes: [{team: '*'}]}, {callers: [ada@example.com], engines: ['1'], access: write}]"
    )
    assert both.unlimited(E1, write=True)
    assert both.allows(E2, {"team": "x"}, write=False)
    assert not both.allows(E2, {"team": "x"}, write=True)
    assert not both.allows(E2, {"user": "x"}, write=False)


def test_rules_grant_reading_unless_they_say_write() -> None:
    reader = rights("[{callers: ['*']}]")
    assert reader.unlimited(E1, write=False)
    assert not reader.unlimited(E1, write=True)
    with pytest.raises(PermissionDenied, match="may not write"):
        reader.require_scope(E1, {"a": "b"}, write=True)


def test_engines_are_named_by_id_or_by_their_whole_name() -> None:
    by_name = rights("[{callers: ['*'], engines: ['projects/p/locations/*/reasoningEngines/1']}]")
    assert by_name.knows(E1)
    assert not by_name.knows(E2)
    assert not by_name.knows(EngineName("q", "us-central1", "1"))


def test_callers_are_compared_whatever_their_case_and_scopes_exactly() -> None:
    assert rights("[{callers: ['ADA@Example.com']}]").knows(E1)
    assert not rights("[{callers: ['*'], scopes: [{a: 'B'}]}]").allows(E1, {"a": "b"}, write=False)


def test_a_domain_is_not_the_end_of_another_one() -> None:
    assert not rights(OWN, "ada@evilexample.com").knows(E1)
    assert not rights(OWN, "ada@example.com.evil.com").knows(E1)


def test_the_local_part_of_a_caller_fills_a_pattern() -> None:
    ada = rights("[{callers: ['*@example.com'], scopes: [{user_id: 'u-${caller.local}', app: '*'}]}]")
    assert ada.allows(E1, {"user_id": "u-ada", "app": "x"}, write=False)
    assert not ada.allows(E1, {"user_id": "u-bob", "app": "x"}, write=False)


def test_a_caller_is_never_read_as_a_pattern() -> None:
    assert not Pattern.of("${caller}", caller="*@example.com").matches("bob@example.com")
    assert Pattern.of("u-${caller.local}", caller="*@x.com").exact == "u-*"


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("*", ["", "a"], []),
        ("a*b", ["ab", "a-b"], ["a", "b", "abc", "xab"]),
        ("a*a", ["aa", "aba"], ["a"]),
        ("*a*b*", ["ab", "xaxbx"], ["ba", "a"]),
        ("a*bc*c", ["abcc", "a-bc-c"], ["abc"]),
        ("a.c", ["a.c"], ["abc"]),
        ("", [""], ["a"]),
    ],
)
def test_a_star_stands_for_any_characters(pattern: str, matching: list[str], others: list[str]) -> None:
    found = Pattern.of(pattern)
    assert all(found.matches(text) for text in matching)
    assert not any(found.matches(text) for text in others)


def test_scopes_without_stars_can_be_told_one_by_one() -> None:
    assert rights(OWN).scope_keys(E1) == frozenset([scope_key({"user_id": "ada@example.com"})])
    assert rights(OWN, "eve@elsewhere.com").scope_keys(E1) == frozenset()
    assert rights("[{callers: ['*'], scopes: [{a: 'x*'}]}]").scope_keys(E1) is None
    assert UNLIMITED.scope_keys(E1) is None


def test_rules_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("# who may do what\n- callers: [ada@example.com]\n  access: write\n")
    assert read_rules(str(path)).rights("ada@example.com").unlimited(E1, write=True)


def test_a_file_that_is_not_there_or_is_no_yaml_is_told(tmp_path: Path) -> None:
    assert "cannot be read" in wrong(str(tmp_path / "absent.yaml"))["MEMORYBANK_ACCESS_RULES"]
    assert "is not YAML" in wrong("[{callers: [")["MEMORYBANK_ACCESS_RULES"]
    assert "is not YAML" in wrong("- !!python/object/apply:os.getcwd []")["MEMORYBANK_ACCESS_RULES"]
    (tmp_path / "one.yaml").write_text("callers: [ada@example.com]\n")
    assert wrong(str(tmp_path / "one.yaml")) == {"MEMORYBANK_ACCESS_RULES": "must be a list, not an object"}
    empty = tmp_path / "empty.yaml"
    empty.write_text("")
    assert wrong(str(empty))


@pytest.mark.parametrize(
    ("rules", "fields"),
    [
        ("[]", ["MEMORYBANK_ACCESS_RULES"]),
        ("[{}]", ["[0].callers"]),
        ("[{callers: []}]", ["[0].callers"]),
        ("[{callers: '*'}]", ["[0].callers"]),
        ("[{callers: ['*'], scopes: }]", ["[0].scopes"]),
        ("[{callers: ['*'], scopes: []}]", ["[0].scopes"]),
        ("[{callers: ['*'], scopes: [{}]}]", ["[0].scopes[0]", "[0].scopes"]),
        ("[{callers: ['*'], scopes: [{a: 7}]}]", ["[0].scopes[0].a", "[0].scopes"]),
        ("[{callers: ['*'], engines: }]", ["[0].engines"]),
        ("[{callers: ['*'], scope: [{a: b}]}]", ["[0].scope"]),
        ("[{callers: ['*'], scopes: [{user_id: 7}]}]", ["[0].scopes[0].user_id", "[0].scopes"]),
        ("[{callers: ['*'], access: admin}]", ["[0].access"]),
        ("[{callers: ['*example.com']}]", ["[0].callers[0]"]),
        ("[{callers: ['${caller}@x.com']}]", ["[0].callers[0]"]),
        ("[{callers: ['*'], engines: ['${caller}']}]", ["[0].engines[0]"]),
        ("[{callers: ['*'], scopes: [{a: '${user}'}]}]", ["[0].scopes[0].a"]),
        ("[{callers: ['*'], scopes: [{a: '${caller'}]}]", ["[0].scopes[0].a"]),
        ("[{callers: ['*'], scopes: [{'*': b}]}]", ["[0].scopes[0].*"]),
        ("[{callers: ['*'], scopes: [{a: '${caller.local}'}]}]", ["[0].scopes[0].a"]),
        ("[{callers: ['*@*.com'], scopes: [{a: '${caller.local}'}]}]", ["[0].scopes[0].a"]),
        ("[{callers: ['a@x.com', b@y.com], scopes: [{a: '${caller.local}'}]}]", ["[0].scopes[0].a"]),
        ("[{callers: ['*'], callers: ['ada@example.com']}]", ["MEMORYBANK_ACCESS_RULES"]),
        ("[{callers: [x], access: admin}, {engines: ['1']}, 7]", ["[0].access", "[1].callers", "[2]"]),
        ("[{callers: [x]}, {callers: [y@z, q]}]", ["[0].callers[0]", "[1].callers[1]"]),
    ],
)
def test_every_mistake_is_named_with_its_place(rules: str, fields: list[str]) -> None:
    assert list(wrong(rules)) == fields
