"""Memories over plain HTTP: ids, updates, lists and ends that are wrong are refused and change nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from memorybank.testing.frozen import FrozenClock
from tests.conftest import Serve
from tests.functions.refusals import Caller, Case, violations_of

BODY: dict[str, Any] = {"fact": "I like tea", "scope": {"user_id": "u"}}


def test_an_id_that_cannot_be_chosen_is_refused(caller: Caller) -> None:
    wrong = ["Upper", "a" * 64, "trailing-", "1digit", "-a", "a_b", "a.b", "a b", "a/b", "ä", "..", "a\n", "a" * 5000]
    cases: list[Case] = [({"memoryId": each}, "memoryId", "1 to 63 lower-case letters") for each in wrong]
    caller.refuses_queries(cases, "POST", "/memories", json=BODY)


def test_the_shortest_and_the_longest_id_can_be_chosen(caller: Caller) -> None:
    for identifier in ("a", "a" * 63, "a-0"):
        assert caller.memory(identifier)["name"].endswith(f"/memories/{identifier}")


def test_an_id_that_is_taken_is_refused_and_the_memory_stays_as_it_was(caller: Caller) -> None:
    caller.memory("m")
    error = caller.refused(409, "POST", "/memories?memoryId=m", json={**BODY, "fact": "I like coffee"})
    assert "already exists" in error["message"]
    assert caller.ok("GET", "/memories/m")["fact"] == "I like tea"


def test_what_does_not_exist_is_not_found_by_name(caller: Caller) -> None:
    for method, body in (("GET", None), ("PATCH", {"fact": "a"}), ("DELETE", None)):
        assert "memories/gone does not exist" in caller.refused(404, method, "/memories/gone", json=body)["message"]
    missing = caller.engine.rpartition("/")[0] + "/77"
    for method, path, body in (
        ("POST", "memories", BODY),
        ("GET", "memories", None),
        ("GET", "memories/m", None),
        ("PATCH", "memories/m", {"fact": "a"}),
        ("DELETE", "memories/m", None),
    ):
        answer = caller.http.request(method, f"/v1beta1/{missing}/{path}", json=body)
        assert answer.status_code == 404, (method, path, answer.text)
        assert answer.json()["error"]["status"] == "NOT_FOUND"


def test_the_same_engine_id_in_another_project_or_location_is_another_engine(caller: Caller) -> None:
    caller.memory("m")
    parts = caller.engine.split("/")
    for place, other in ((1, "other-project"), (3, "europe-west1")):
        changed = "/".join([*parts[:place], other, *parts[place + 1 :]])
        assert caller.http.get(f"/v1beta1/{changed}/memories/m").status_code == 404


def test_no_spelling_with_colons_leads_to_the_engine_of_another_project(caller: Caller) -> None:
    """Documents are named project:location:engine; a colon inside a part must not shift the borders."""
    parent = "/v1beta1/projects/example.com:p/locations/c"
    created = caller.http.post(f"{parent}/reasoningEngines").json()["response"]
    identifier = created["name"].rpartition("/")[2]
    assert caller.http.get(f"{parent}/reasoningEngines/{identifier}").status_code == 200
    for project, location, engine, field in (
        ("example.com", "p:c", identifier, "location"),
        ("example.com", "p", f"c:{identifier}", "reasoningEngine"),
    ):
        path = f"/v1beta1/projects/{project}/locations/{location}/reasoningEngines/{engine}/memories"
        assert "letters, digits" in violations_of(caller.http.get(path))[field]


UPDATES: list[Case] = [
    ({"scope": {"user_id": "v"}, "fact": "a"}, "scope", "is immutable and differs from the memory's"),
    ({"scope": {"user_id": "u", "app": "a"}, "fact": "a"}, "scope", "is immutable"),
    ({"scope": "u", "fact": "a"}, "scope", "must be an object"),
    ({"fact": ""}, "fact", "must not be blank"),
    ({"fact": " \n"}, "fact", "must not be blank"),
    ({"fact": "x" * 2049}, "fact", "at most 2048"),
    ({"fact": 5}, "fact", "must be a string"),
    ({}, "updateMask", "nothing to change"),
    ({"scope": {"user_id": "u"}}, "updateMask", "nothing to change"),
    ({"ttl": "60s", "expireTime": "2031-01-02T03:04:05Z"}, "expireTime", "only one of ttl and expireTime"),
    ({"ttl": "0s"}, "ttl", "longer than 0"),
    ({"metadata": {"k": 1}}, "metadata.k", "must be an object"),
    ({"topics": [{}]}, "topics[0]", "exactly one of"),
    ({"colour": "red"}, "colour", "is not a field"),
]


def test_a_wrong_update_is_refused(caller: Caller) -> None:
    caller.memory("m")
    caller.refuses_bodies(UPDATES, "PATCH", "/memories/m")


def test_a_wrong_update_mask_is_refused(caller: Caller) -> None:
    caller.memory("m")
    wrong = ["nope", "fact,nope", "scope", "name", "createTime", "fact..x", ".fact", "revisionLabels", "x" * 3000]
    cases: list[Case] = [({"updateMask": each}, "updateMask", "is not among the fields") for each in wrong]
    cases += [({"updateMask": each}, "updateMask", "name whole fields") for each in ("topics.k", "fact.a.b")]
    cases += [({"updateMask": "fact" + ".a" * 3000}, "updateMask", "deeper than 40 levels")]
    caller.refuses_queries(cases, "PATCH", "/memories/m", json={"fact": "I like coffee"})


def test_a_mask_that_names_a_fact_needs_one(caller: Caller) -> None:
    caller.memory("m")
    cases: list[Case] = [
        ({"updateMask": mask}, "fact", "must not be blank") for mask in ("fact", "*", "displayName,fact")
    ]
    caller.refuses_queries(cases, "PATCH", "/memories/m", json={"displayName": "a"})


FILTERS: list[tuple[str, str]] = [
    ("fact =", "column 7: the filter ends, but a value was expected"),
    ('fact = "tea', "column 8: found '\"', but this quote is never closed"),
    ("fact", "column 5: the filter ends, but an operator was expected"),
    ('(fact = "a"', "column 12: the filter ends, but a closing parenthesis was expected"),
    ('fact = "a")', "column 11: found ')', but no parenthesis is open here"),
    ('fact = "a" and fact = "b"', "is a keyword only in upper case: AND"),
    ("= 5", "column 1: found '=', but a comparison was expected"),
    ("fact = a = b", "column 10"),
    ("\x01", "column 1"),
    ('colour = "red"', "column 1: 'colour' cannot be filtered on; fact, scope, scope.*"),
    ('fact = "a" AND colour = "red"', "column 16: 'colour' cannot be filtered on"),
    ('topics = "a"', "'topics' cannot be filtered on"),
    ('embedding = "a"', "'embedding' cannot be filtered on"),
    ('create_time > "yesterday"', "column 1: create_time must be compared with a time as RFC 3339 has it"),
    ("create_time > 2031-02-30", "must be compared with a time"),
    ('create_time =~ "a"', "create_time takes = != < <= > >= :, not =~"),
    ('scope = "u"', "scope must be compared with a JSON object in quotes"),
    ('scope > "{}"', "scope takes = !=, not >"),
    ('scope = "{\\"a\\": \\"\\\\u0000\\"}"', "scope must be compared with a JSON object"),
    ('fact = "\\ud800"', "holds half a surrogate pair"),
    ('fact =~ "(a"', "the pattern after =~: a parenthesis is never closed"),
    (f'fact =~ "{"a" * 201}"', "at most 200 characters"),
    ("(" * 60 + 'fact = "a"' + ")" * 60 + " AND NOT " * 30, "column"),
    ("NOT (" * 60 + 'fact = "a"' + ")" * 60, "deeper than 50 levels"),
    ('fact = "' + "x" * 5000 + '"', "the most that is taken is 4096"),
    ('fact = "' + "x" * 60_000 + '"', "the most that is taken is 4096"),
]


def test_a_wrong_filter_is_refused_with_the_column(caller: Caller) -> None:
    caller.memory("m")
    caller.refuses_queries([({"filter": text}, "filter", says) for text, says in FILTERS], "GET", "/memories")


def test_a_wrong_order_is_refused(caller: Caller) -> None:
    cases: list[Case] = [
        ({"readTime": "2026-01-01T00:00:00Z"}, "filter", "must name one scope as a whole"),
        (
            {"readTime": "2026-01-01T00:00:00Z", "orderBy": "update_time"},
            "orderBy",
            "must be left out, or create_time desc",
        ),
        ({"readTime": "yesterday"}, "readTime", "must be an RFC 3339 time"),
        (
            {"readTime": "9999-01-01T00:00:00Z", "filter": 'scope="{\\"user_id\\": \\"u\\"}"'},
            "readTime",
            "must not be in the future",
        ),
        ({"orderBy": "fact"}, "orderBy", "cannot order by 'fact'; give fields out of create_time, update_time"),
        ({"orderBy": "create_time up"}, "orderBy", "'up' is not a direction"),
        ({"orderBy": "create_time desc asc"}, "orderBy", "is not a direction"),
        ({"orderBy": ","}, "orderBy", "cannot order by ''"),
        ({"orderBy": "create_time,"}, "orderBy", "cannot order by ''"),
        ({"orderBy": "create_time,create_time"}, "orderBy", "twice"),
        ({"orderBy": "create_time,update_time"}, "orderBy", "name one field"),
        ({"orderBy": "create_time; DROP TABLE documents"}, "orderBy", "cannot order by"),
        ({"orderBy": "x" * 5000}, "orderBy", "cannot order by"),
    ]
    caller.refuses_queries(cases, "GET", "/memories")


def test_a_wrong_page_size_is_refused_and_a_large_one_is_taken_as_the_largest(caller: Caller) -> None:
    caller.memory("m")
    wrong = ["-1", "ten", "1.5", "1e3", "0x10", "٣", "9" * 101, "true", "1 2"]
    cases: list[Case] = [({"pageSize": each}, "pageSize", "must be a number from 0 to 1000") for each in wrong]
    caller.refuses_queries(cases, "GET", "/memories")
    for size in ("0", "", "1000", "1000000", "9" * 100):
        assert len(caller.ok("GET", "/memories", params={"pageSize": size})["memories"]) == 1


def test_unknown_query_fields_are_refused(caller: Caller) -> None:
    query = {"memoryId": "m", "$alt": "json;enum-encoding=int", "prettyPrint": "", "key": "a&b=c"}
    caller.ok("POST", "/memories", params=query, json=BODY)
    error = caller.refused(400, "GET", "/memories/m", params={"pageSize": "-5", "memory": "other"})
    assert [each["field"] for each in error["details"][0]["fieldViolations"]] == ["pageSize", "memory"]


def test_an_expired_memory_is_gone_for_every_method(serve: Serve) -> None:
    clock = FrozenClock()
    served = serve(clock=clock)
    engine = served.create_engine()
    with served.http() as http:
        caller = Caller(served, engine, http)
        caller.memory("m", ttl="60s")
        [revision] = caller.ok("GET", "/memories/m/revisions")["memoryRevisions"]
        target = {"targetRevisionId": revision["name"].rpartition("/")[2]}
        clock.advance(timedelta(seconds=60))
        caller.refused(404, "GET", "/memories/m")
        caller.refused(404, "PATCH", "/memories/m", json={"fact": "a", "ttl": "60s"})
        caller.refused(404, "DELETE", "/memories/m")
        caller.refused(404, "POST", "/memories/m:rollback", json=target)
        caller.refused(404, "GET", "/memories/m/revisions")
        assert caller.ok("GET", "/memories") == {}
        assert caller.memory("m", fact="I like coffee")["fact"] == "I like coffee"


def test_when_a_fact_holds_is_shown_but_not_to_clients_of_google(caller: Caller) -> None:
    """Their messages have no such fields, and generated clients refuse fields that they do not know."""
    held = {"since": "2021-03", "until": "2040"}
    body = {**BODY, "fact": "I have worked at Acme since March 2021 until 2040"}
    google = {"x-goog-api-client": "gl-python/3.11"}
    search = {"scope": BODY["scope"], "similaritySearchParams": {"searchQuery": "Acme"}}

    def answers(headers: dict[str, str]) -> list[dict[str, Any]]:
        made = caller.ok("POST", "/memories", json=body, headers=headers)
        path = "/memories/" + made["response"]["name"].rpartition("/")[2]
        changed = caller.ok("PATCH", path, params={"updateMask": "context"}, json={"context": "c"}, headers=headers)
        [*_, first] = caller.ok("GET", f"{path}/revisions")["memoryRevisions"]
        target = {"targetRevisionId": first["name"].rpartition("/")[2]}
        back = caller.ok("POST", f"{path}:rollback", json=target, headers=headers)
        operation = made["name"].partition("/reasoningEngines/")[2].partition("/")[2]
        found = [
            made["response"],
            changed["response"],
            back["response"],
            caller.ok("GET", path, headers=headers),
            caller.ok("GET", f"/{operation}", headers=headers)["response"],
            *caller.ok("GET", "/memories", headers=headers)["memories"],
            *(each["memory"] for each in _retrieved(caller, {"scope": BODY["scope"]}, headers)),
            *(each["memory"] for each in _retrieved(caller, search, headers)),
        ]
        caller.ok("DELETE", path)
        return found

    assert [{name: each.get(name) for name in held} for each in answers({})] == [held] * 8
    hidden = answers(google)
    assert len(hidden) == 8
    assert not [each for each in hidden if held.keys() & each.keys()]


def _retrieved(caller: Caller, body: dict[str, Any], headers: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.ok("POST", "/memories:retrieve", json=body, headers=headers)[
        "retrievedMemories"
    ]
    return found


def test_memories_are_found_by_when_their_facts_hold(caller: Caller) -> None:
    for fact in ("I worked at Acme until June 2020", "I work at Initech since 2020", "I like tea"):
        caller.ok("POST", "/memories", json={**BODY, "fact": fact})
    for text, wanted in (
        ('until < "2021"', "I worked at Acme until June 2020"),
        ('since = "2020"', "I work at Initech since 2020"),
    ):
        found = caller.ok("GET", "/memories", params={"filter": text})["memories"]
        assert [each["fact"] for each in found] == [wanted]
