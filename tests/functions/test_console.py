"""The console, page by page: what it shows of a bank, what its forms do, and what it lets nobody do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import pytest

from memorybank.access.access import Access
from memorybank.access.identity import Identity
from memorybank.access.rules import read_rules
from memorybank.access.tokens import unverified_claims
from memorybank.console.addresses import address, scope_address
from memorybank.errors import InvalidArgument
from memorybank.models import usage
from memorybank.ports.models import ExtractedFact, ExtractionRequest, ProfileField
from memorybank.testing.scripted import ScriptedModel, sentences
from tests.functions import callers
from tests.functions.callers import token
from tests.functions.console import ADA, Browsing, asked_scope, browsing
from tests.waiting import PATIENCE

HOSTILE = "<script>alert(1)</script> {{ 7*7 }} \"'><img src=x onerror=alert(1)> </textarea></title> \u202e \U0001f600"
CONFIG = {
    "ttlConfig": {"defaultTtl": "86400s"},
    "customizationConfigs": [{"memoryTopics": [{"managedMemoryTopic": {"managedTopicEnum": "USER_PREFERENCES"}}]}],
}


@pytest.fixture(scope="module")
def shared() -> Iterator[Browsing]:
    with browsing() as browser:
        yield browser


@pytest.fixture
def browser(shared: Browsing) -> Browsing:
    """Look at an engine of one's own."""
    made = shared.client.wait(
        shared.client.call("POST", "projects/p/locations/l/reasoningEngines", {"displayName": "Mine"})
    )
    return replace(shared, engine=shared.client.engine(made["name"]))


def test_a_bank_is_created_and_found_on_the_first_page(browser: Browsing) -> None:
    page = browser.submit(browser.get("/"), "/banks", display_name="Travel agent")
    assert page.texts("h1") == ["Travel agent"]
    assert "The bank was created." in page.texts("div", role="status")
    assert "Travel agent" in browser.get("/console").texts("a")


def test_what_is_wrong_with_a_new_bank_is_said_in_the_words_of_the_api(browser: Browsing) -> None:
    page = browser.submit(browser.get("/"), "/banks", project="a b", display_name="Kept")
    assert page.status == 400
    assert page.texts("div", role="alert")
    assert page.form("/banks")["display_name"] == "Kept"


def test_scopes_are_listed_with_counts_and_filtered(browser: Browsing) -> None:
    for user in ("ada", "adam", "bob"):
        browser.remember("I like tea", {"user_id": user})
    assert sorted(browser.page().texts("th", scope="row")) == ["user_id=ada", "user_id=adam", "user_id=bob"]
    found = browser.get(address(browser.engine.name, prefix="user_id=ada"))
    assert sorted(found.texts("th", scope="row")) == ["user_id=ada", "user_id=adam"]
    assert found.texts("td", class_="number") == ["1", "1"]


def test_something_is_remembered_in_a_new_scope(browser: Browsing) -> None:
    page = browser.submit(browser.page(), "/memories", scope="user_id=ada\nteam = x", fact="I like tea")
    assert page.texts("h1") == ["team=x user_id=ada"]
    assert page.texts("p", class_="fact") == ["I like tea"]
    wrong = browser.submit(browser.page(), "/memories", scope="ada", fact="I like jam")
    assert wrong.status == 400
    assert wrong.form("/memories")["fact"] == "I like jam"
    assert "key=value" in wrong.texts("div", role="alert")[0]
    twice = browser.submit(browser.page(), "/memories", scope="user_id=ada\nuser_id=bob", fact="I like jam")
    assert (twice.status, "names user_id twice" in twice.texts("div", role="alert")[0]) == (400, True)


def test_a_search_shows_rank_and_distance_and_a_filter_is_explained(browser: Browsing) -> None:
    for fact in ("I like green tea", "I live in Rome"):
        browser.remember(fact)
    page = browser.scope(q="tea")
    assert page.texts("p", class_="fact")[0] == "I like green tea"
    assert re.match(r"rank 1, distance 0\.\d{3}", page.texts("p", class_="meta")[1])
    assert browser.scope(filter="fact:rome").texts("p", class_="fact") == ["I live in Rome"]
    wrong = browser.scope(filter='fact="')
    assert wrong.status == 400
    assert wrong.texts("div", role="alert")
    assert 'value="fact=&#34;"' in wrong.html


def test_pages_of_memories_follow_each_other(browser: Browsing) -> None:
    for number in range(53):
        browser.remember(f"I own {number} plates")
    page = browser.scope()
    assert len(page.texts("p", class_="fact")) == 50
    [following] = [each.attributes["href"] for each in page.elements if each.attributes.get("rel") == "next"]
    assert len(browser.get(following).texts("p", class_="fact")) == 3


def test_after_a_memory_without_revisions_is_deleted_its_scope_is_shown(browser: Browsing) -> None:
    browser.remember("I like jam")
    name = browser.remember("I like black tea", disableMemoryRevisions=True)
    page = browser.submit(browser.get(address(name)), ":delete")
    assert page.status == 200
    assert page.texts("h1") == ["user_id=ada"]
    assert "The memory was deleted. It had no revisions, so it cannot be restored." in page.texts("div", role="status")
    assert page.texts("p", class_="fact") == ["I like jam"]


@pytest.mark.parametrize(("form", "values"), [(":change", {"fact": "I like green tea"}), (":delete", {})])
def test_a_form_of_a_memory_that_was_deleted_meanwhile_leads_to_where_it_can_be_restored(
    browser: Browsing, form: str, values: dict[str, str]
) -> None:
    name = browser.remember("I like black tea")
    open_before = browser.get(address(name))
    browser.client.wait(browser.client.call("DELETE", name))
    page = browser.submit(open_before, form, **values)
    assert page.texts("h1") == ["Deleted memory"]
    assert "Nothing was changed: the memory has been deleted meanwhile." in page.texts("div", role="status")
    assert browser.submit(page, ":rollback").texts("h1") == ["I like black tea"]


def test_a_memory_is_changed_rolled_back_deleted_and_restored(browser: Browsing) -> None:
    name = browser.remember("I like black tea")
    changed = browser.submit(browser.get(address(name)), ":change", fact="I like green tea")
    assert changed.texts("h1") == ["I like green tea"]
    assert (changed.texts("del"), changed.texts("ins")) == (["black"], ["green", "I like black tea"])
    assert len([each for each in changed.elements if each.tag == "circle"]) == 2
    back = browser.submit(changed, ":rollback")
    assert back.texts("h1") == ["I like black tea"]
    gone = browser.submit(back, ":delete")
    assert gone.texts("h1") == ["Deleted memory"]
    restored = browser.submit(gone, ":rollback")
    assert restored.texts("h1") == ["I like black tea"]
    assert len([each for each in restored.elements if each.tag == "circle"]) == 5


def test_a_memory_says_when_its_fact_holds(browser: Browsing) -> None:
    name = browser.remember("I have worked at Acme since 2019 until 2040")
    page = browser.get(address(name))
    assert "holds since 2019, holds until 2040" in page.texts("p", class_="meta")[0]
    assert {"2019", "2040"} <= set(page.texts("dd"))


def test_a_blank_fact_is_refused_and_the_memory_stays(browser: Browsing) -> None:
    name = browser.remember("I like tea")
    page = browser.submit(browser.get(address(name)), ":change", fact=" ")
    assert page.status == 400
    assert "must not be blank" in page.texts("div", role="alert")[0]
    assert page.texts("h1") == ["I like tea"]


def test_a_memory_shows_the_words_that_it_was_taken_from(browser: Browsing) -> None:
    browser.generate("I live in Rome.")
    [memory] = browser.engine.list_all("memories")
    page = browser.get(address(memory["name"]))
    assert any("I live in Rome." in quote for quote in page.texts("blockquote"))
    assert "offline-rules-1" in page.texts("dd")


def test_an_operation_shows_what_it_took_and_left_out_and_is_undone(browser: Browsing) -> None:
    done = browser.generate("I live in Rome.", "My card number is 4111 1111 1111 1111.")
    page = browser.get(address(done["name"]))
    assert "I live in Rome" in page.texts("p", class_="fact")[0]
    assert "card or account number" in page.html
    assert "user_id=ada" in page.texts("a")
    assert page.texts("th", scope="row")[0] == "extract", "its time is shown, although no model was billed"
    assert {"bar", "track", "fill"} <= {each.attributes.get("class") for each in page.elements}
    [listed] = [each for each in browser.page("/operations").texts("td", class_="number") if each]
    assert listed == "1", "one was left out"
    undone = browser.submit(page, ":rollback")
    assert "The operation was undone." in undone.texts("div", role="status")
    assert list(browser.engine.list_all("memories")) == []
    assert len(browser.page("/operations").texts("th", scope="row")) >= 2
    assert browser.get(address(f"{browser.engine.name}/operations", state="running")).texts("th", scope="row") == []


def test_the_steps_of_a_billed_generation_are_shown_with_calls_tokens_and_time() -> None:
    def extract(request: ExtractionRequest) -> list[ExtractedFact]:
        usage.report(usage.ModelCall("extract", "m-1", "p-2", input=1200, output=34))
        return sentences(request)

    with browsing(model=ScriptedModel(extract=extract)) as browser:
        page = browser.get(address(browser.generate("I like tea")["name"]))
    assert page.texts("th", scope="col")[1:4] == ["Calls", "Tokens in", "out"]
    assert page.texts("td", class_="number")[:3] == ["1", "1200", "34"]
    assert "m-1 p-2" in page.texts("td")
    assert page.texts("th", scope="row")[-1] == "waiting and storing"


def test_operations_of_every_shape_are_listed_and_shown(browser: Browsing) -> None:
    """The times and the outcome of some of them are inside a Struct."""
    event = {"content": {"role": "user", "parts": [{"text": "I like tea"}]}}
    memory = browser.remember("I like jam")
    revision = browser.client.call("GET", f"{memory}/revisions")["memoryRevisions"][0]["name"].rpartition("/")[2]
    begun = [
        browser.engine.call(
            "POST", "memories:ingestEvents", {"scope": ADA, "directContentsSource": {"events": [event]}}
        ),
        browser.engine.call("POST", "memories:reembed", {}),
        browser.client.call("POST", f"{memory}:rollback", {"targetRevisionId": revision}),
    ]
    for operation in begun:
        browser.client.wait(operation)
    pages = [browser.get(address(operation["name"])) for operation in begun]
    kinds = ["Ingest events", "Reembed memories", "Rollback memory"]
    assert [page.texts("h1") for page in pages] == [[kind] for kind in kinds]
    assert "Reembedded count: 0" in pages[1].texts("li")
    assert set(kinds[:2]) <= set(browser.page("/operations").texts("th", scope="row"))
    assert browser.page("/overview").status == 200


def test_what_waits_for_a_scope_is_on_its_page() -> None:
    may = Event()

    def extract(_: ExtractionRequest) -> list[ExtractedFact]:
        assert may.wait(PATIENCE)
        return []

    with browsing(model=ScriptedModel(extract=extract)) as browser:
        events = [{"content": {"role": "user", "parts": [{"text": "I like tea"}]}}]
        browser.engine.call("POST", "memories:generate", {"scope": ADA, "directContentsSource": {"events": events}})
        pages = browser.scope(), browser.scope({"user_id": "bob"})
        may.set()
    assert ["Generate memories" in page.texts("a") for page in pages] == [True, False]


def test_streams_that_wait_for_a_scope_are_on_its_page(browser: Browsing) -> None:
    event = {"content": {"role": "user", "parts": [{"text": "I like tea"}]}}
    rule = {"generationTriggerConfig": {"generationRule": {"idleDuration": "36000s"}}}
    body = {"scope": ADA, "streamId": "<b>", "directContentsSource": {"events": [event, event]}, **rule}
    browser.engine.call("POST", "memories:ingestEvents", body)
    page = browser.scope()
    [line] = [text for text in page.texts("li") if text.startswith("Stream")]
    assert re.fullmatch("Stream <b> has 2 events since .+; they become memories in . h", line)
    assert "Ingest events" not in page.texts("a"), "its operation is not told a second time"
    assert not [text for text in browser.scope({"user_id": "bob"}).texts("li") if text.startswith("Stream")]


def test_a_session_shows_what_was_said_with_the_words_that_are_remembered(browser: Browsing) -> None:
    page = browser.get(address(_remembered_session(browser, "ada", "I live in Rome.", "What is 2 + 2?", HOSTILE)))
    assert page.texts("mark") == ["I live in Rome."]
    assert len(page.texts("p", class_="said")) == 3
    assert browser.get(address(f"{browser.engine.name}/sessions", user="ada")).texts("td")[0] == "ada"
    assert browser.get(address(f"{browser.engine.name}/sessions", user='a" OR "b')).texts("td") == []


def _remembered_session(browser: Browsing, user: str, *texts: str) -> str:
    """Return the name of a session in which the user said these texts, and from which memories were generated."""
    session: str = browser.client.wait(browser.engine.call("POST", "sessions", {"userId": user}))["name"]
    for number, text in enumerate(texts):
        event = {"author": user, "invocationId": str(number), "timestamp": f"2026-11-28T10:0{number}:00Z"}
        content = {"role": "user", "parts": [{"text": text}]}
        browser.client.call("POST", f"{session}:appendEvent", {**event, "content": content})
    body = {"vertexSessionSource": {"session": session}}
    browser.client.until_done(browser.engine.call("POST", "memories:generate", body))
    return session


def test_the_overview_counts_memories_changes_and_outcomes(browser: Browsing) -> None:
    browser.generate("I live in Rome.")
    browser.remember("I like tea", {"user_id": "bob"})
    page = browser.page("/overview")
    assert page.texts("dd")[:2] == ["2", "2"]
    assert len([each for each in page.elements if each.attributes.get("role") == "img"]) == 2
    assert any(each.attributes.get("class") == "series-created" for each in page.elements if each.tag == "rect")


def test_a_configuration_is_shown_in_words_and_changed(browser: Browsing) -> None:
    page = browser.submit(
        browser.page("/configuration"),
        "/configuration",
        display_name="New name",
        config=json.dumps(CONFIG),
    )
    assert page.texts("dd")[-2:] == ["memories: 86400s", "USER_PREFERENCES"]
    assert "New name" in page.texts("a")
    engine = browser.engine.get()
    assert engine["contextSpec"]["memoryBankConfig"] == CONFIG


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ('{"ttlConfig": {"defaultTtl": "x"}, "foo": 1}', "ttlConfig.defaultTtl must be a duration"),
        ("{", "is not JSON"),
        ("[]", "must be an object"),
        ("[" * 100_000, "memoryBankConfig"),
        ("NaN", "must be an object"),
    ],
)
def test_mistakes_in_a_configuration_are_named_and_nothing_typed_is_lost(
    browser: Browsing, config: str, told: str
) -> None:
    page = browser.submit(browser.page("/configuration"), "/configuration", config=config)
    assert page.status == 400
    assert told in page.texts("div", role="alert")[0]
    assert page.form("/configuration")["config"] == config


def test_the_fields_of_a_profile_are_shown_in_its_scope() -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}, "tags": {"type": "array"}}}
    said = "I live in <b>Rome</b>"
    structured = {"structuredMemoryConfigs": [{"schemaConfigs": [{"id": "person", "jsonSchema": schema}]}]}

    def extract(_: ExtractionRequest) -> list[ExtractedFact]:
        return [
            ExtractedFact(
                "city: <b>Rome</b>", event=0, quote=said, profile=ProfileField("person", "city", "<b>Rome</b>")
            )
        ]

    with browsing(model=ScriptedModel(extract=extract)) as browser:
        browser.submit(browser.page("/configuration"), "/configuration", config=json.dumps(structured))
        browser.generate(said)
        page = browser.scope()
    assert "Profile person" in page.texts("h2")
    assert "<b>Rome</b>" in page.texts("dd")


def test_a_failed_generation_says_why_and_is_tried_again() -> None:
    works: list[bool] = []

    def extract(request: ExtractionRequest) -> list[ExtractedFact]:
        if not works:
            raise InvalidArgument("the model refuses")
        return sentences(request)

    with browsing(model=ScriptedModel(extract=extract)) as browser:
        failed = browser.generate("I like tea")
        page = browser.get(address(failed["name"]))
        assert "the model refuses" in page.html
        works.append(True)
        assert "started again" in browser.submit(page, ":retry").texts("div", role="status")[0]
        browser.client.wait(failed["name"])
        assert [each["fact"] for each in browser.engine.list_all("memories")] == ["I like tea"]


def test_a_scope_is_erased_only_by_somebody_who_is_sure(browser: Browsing) -> None:
    browser.remember("I like tea")
    page = browser.scope()
    assert browser.submit(page, ":erase").status == 400
    assert browser.submit(page, ":erase", sure="yes").texts("h1") == ["Mine"]
    assert list(browser.engine.list_all("memories")) == []


def test_what_facts_contain_is_inert_on_every_page(browser: Browsing) -> None:
    scope = {"user_id": HOSTILE.replace("*", "x")}
    name = browser.remember(HOSTILE, scope)
    browser.submit(browser.get(address(name)), ":change", fact=f"{HOSTILE} again")
    session = _remembered_session(browser, scope["user_id"], f"I like {HOSTILE}")
    operations = browser.engine.list_all("operations")
    operation = next(each["name"] for each in operations if each["metadata"]["type"] == "GenerateMemories")
    browser.client.call("PATCH", browser.engine.name, {"displayName": HOSTILE}, query={"updateMask": "displayName"})
    for page in (
        *(browser.page(path) for path in ("/overview", "/sessions", "/operations", "/configuration")),
        browser.get(address(session)),
        browser.get(address(operation)),
        browser.page(),
        browser.scope(scope),
        browser.scope(scope, q=HOSTILE),
        browser.get(scope_address(browser.engine.name, scope, filter=HOSTILE)),
        browser.get(address(name)),
        browser.get(address(browser.engine.name, prefix=HOSTILE)),
        browser.get(f"/console/{HOSTILE.replace('?', '')}"),
    ):
        scripts = [each.attributes for each in page.elements if each.tag == "script"]
        assert scripts == [{"src": "/console/static/console.js", "defer": ""}]
        assert not any(each.tag == "img" for each in page.elements)
        assert not any(name.startswith("on") or name == "style" for each in page.elements for name in each.attributes)


def test_no_form_works_without_the_token_of_this_console(browser: Browsing) -> None:
    form = browser.page("/configuration").form("/configuration")
    action = form.pop("action")
    for forged in ("", "x", form["csrf_token"][:-1], "\U0001f600"):
        answer = browser.post(action, {**form, "csrf_token": forged, "display_name": "Forged"})
        assert answer.status == 403
        assert "reload the page" in answer.html
    assert browser.post(action, form, CONTENT_TYPE="text/plain").status == 400
    assert browser.post(action, form, CONTENT_LENGTH="9" * 5000).status == 400
    assert browser.engine.get()["displayName"] == "Mine"


@pytest.mark.parametrize(
    "form",
    [{}, {"fact": "x" * 1_000_000}, {"fact": "x", "scope_json": "[" * 100_000}, {"scope_json": "1"}, {"scope": "a"}],
)
def test_forms_that_no_page_sends_are_refused_with_a_page(browser: Browsing, form: dict[str, str]) -> None:
    token = browser.page().form("/memories")["csrf_token"]
    for path in ("memories", "scope:erase", "memories/none:change", "memories/none:rollback", "operations/1:retry"):
        answer = browser.post(address(f"{browser.engine.name}/{path}"), {**form, "csrf_token": token})
        if answer.status == 303:  # to the page of a memory that may have been deleted meanwhile
            answer = browser.get(answer.headers["Location"])
        assert answer.status in (400, 404)
        assert answer.texts("h1")
    assert list(browser.engine.list_all("memories")) == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "HEAD"])
def test_pages_are_only_read_and_forms_only_posted(browser: Browsing, method: str) -> None:
    answer = browser.send(method, address(browser.engine.name))
    assert (answer.status, bool(answer.html)) == ((200, False) if method == "HEAD" else (404, True))


def test_pages_forbid_foreign_content_and_frames(browser: Browsing) -> None:
    for answer in (browser.page(), browser.get("/console/nowhere"), browser.get("/console/static/console.css")):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["..%2fapplication.py", "console.py", "nothing.js", "%2e%2e/visit.py", "console.js%00"]
)
def test_only_the_files_of_pages_are_served(browser: Browsing, name: str) -> None:
    assert browser.get(f"/console/static/{name}").status == 404


@pytest.mark.parametrize(
    "path",
    ["/console/projects/p", "/console/%ff", "/console/?pageToken=x", "/console/?%ff", "/console/" + "a" * 5000],
)
def test_addresses_that_lead_nowhere_are_answered_with_a_page(browser: Browsing, path: str) -> None:
    answer = browser.get(path)
    assert answer.status in (400, 404)
    assert answer.texts("h1")


def test_a_page_that_has_not_changed_is_not_sent_again(browser: Browsing) -> None:
    tag = browser.scope().headers["ETag"]
    again = browser.get(scope_address(browser.engine.name, ADA), HTTP_IF_NONE_MATCH=tag)
    assert (again.status, again.html) == (304, "")
    assert "Content-Length" not in again.headers, "0 would be said of the page"
    browser.remember("I like tea")
    assert browser.get(scope_address(browser.engine.name, ADA), HTTP_IF_NONE_MATCH=tag).status == 200


def test_access_rules_hold_for_the_console(browser: Browsing) -> None:
    access = Access(Identity(unverified_claims, router=callers.ROUTER), read_rules(callers.RULES))
    with browsing(access=access, token=token(callers.ANYBODY)) as root:
        root.remember("Eve likes jam", {"user_id": callers.EVE})
        root.remember("Ada likes tea", {"user_id": callers.ADA})
        ada = replace(root, headers={"HTTP_AUTHORIZATION": f"Bearer {token(callers.ADA)}"})
        assert ada.page().texts("th", scope="row") == [f"user_id={callers.ADA}"]
        hidden = ada.scope({"user_id": callers.EVE})
        assert hidden.status == 403
        assert "jam" not in hidden.html
        assert replace(root, headers={}).get("/").status == 401


def test_the_scope_of_a_redirect_is_the_one_that_was_typed(browser: Browsing) -> None:
    form = {**browser.page().form("/memories"), "scope": "user_id=a&b=c#d\nteam=é", "fact": "I like tea"}
    answer = browser.post(form.pop("action"), form)
    assert asked_scope(answer.headers["Location"]) == {"user_id": "a&b=c#d", "team": "é"}
