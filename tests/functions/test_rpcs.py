"""The registry of methods and operation kinds: whatever is added in that one place is served, worked on and guarded."""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from infra import routes
from memorybank.aip.entry import Call
from memorybank.aip.routing import Router
from memorybank.bank.worker import finisher_of
from memorybank.config import Settings
from memorybank.errors import Internal, NotFound
from memorybank.handlers.router import RouterApplication
from memorybank.handlers.routes import PRIVATE, PUBLIC, handler_of, routes_of
from memorybank.handlers.rpcs import all_rpcs, registered
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.local.server import LocalServer
from memorybank.resources.operation_kinds import KINDS, OperationKind, kind_of, register
from memorybank.telemetry import Telemetry
from tests.functions.callers import ADA, EVE, READER, Calling, bank_with_rules, new_engine
from tests.functions.toys import RPC, WIND_TOY
from tests.waiting import PATIENCE

SCOPE = {"user_id": ADA}
ENGINE = "/v1/projects/p/locations/l/reasoningEngines/1"
TOY = f"{ENGINE}/toys/frog:wind"


@pytest.fixture
def ada() -> Iterator[Calling]:
    """Call an engine as Ada, in a bank that was put together while the toy was registered."""
    with registered(RPC), bank_with_rules() as bank:
        yield replace(new_engine(bank), email=ADA)


def wind(caller: Calling, **body: Any) -> str:
    """Wind a toy and return the path of the operation, once the worker has done what it does."""
    answer = caller.ok("POST", "/toys/frog:wind", {"scope": SCOPE, **body})
    assert caller.bank.adapters.queue.wait_idle(timedelta(minutes=2))
    return str(answer["name"]).removeprefix(caller.engine)


def test_a_registered_method_is_served_and_a_worker_finishes_its_operation(ada: Calling) -> None:
    name = wind(ada, turns=3)
    found = ada.ok("GET", name)
    assert found["done"]
    assert found["metadata"]["value"]["turns"] == 3
    assert found["response"] == {"@type": "type.googleapis.com/google.protobuf.Empty"}
    assert found in ada.ok("GET", "/operations")["operations"]
    ada.ok("DELETE", name)
    assert ada.call("GET", name).status == 404


def test_a_failure_that_is_final_ends_an_operation_of_a_registered_kind(ada: Calling) -> None:
    found = ada.ok("GET", wind(ada, turns=-1))
    assert found["error"]["message"] == "turns must be positive: a toy cannot be unwound"


@pytest.mark.parametrize("cancellable", [True, False])
def test_cancelling_follows_the_registered_kind(*, cancellable: bool) -> None:
    rpc = replace(RPC, operation=replace(WIND_TOY, cancellable=cancellable))
    with registered(rpc), bank_with_rules() as bank:
        ada = replace(new_engine(bank), email=ADA)
        name = wind(ada)
        ada.ok("POST", f"{name}:cancel")
        found = ada.ok("GET", name)
    assert found.get("done", False) is cancellable
    assert found.get("error", {}).get("code") == (1 if cancellable else None)


def test_access_rules_hold_for_a_registered_method(ada: Calling) -> None:
    name = wind(ada, turns=3)
    asked = {"scope": SCOPE, "turns": 1}
    before = len(ada.ok("GET", "/operations")["operations"])
    for email, status in ((EVE, 403), (READER, 403), ("eve@elsewhere.com", 404)):
        assert replace(ada, email=email).call("POST", "/toys/frog:wind", asked).status == status, email
    assert replace(ada, headers={"authorization": ""}).call("POST", "/toys/frog:wind", asked).status == 401
    assert replace(ada, email=EVE).call("GET", name).status == 404
    assert len(ada.ok("GET", "/operations")["operations"]) == before


def test_the_router_forwards_a_registered_method() -> None:
    settings = Settings(data=":memory:", embeddings="offline")
    with registered(RPC), LocalServer(Bank(settings, embedded_adapters(settings))) as server:
        created = httpx.post(f"{server.url}/v1/projects/p/locations/l/reasoningEngines", json={}, timeout=PATIENCE)
        path = f"/v1/{created.json()['response']['name']}/toys/frog:wind"
        urls = dict.fromkeys(PUBLIC, server.url)
        router = RouterApplication(urls, tokens=lambda _: "t", verify=lambda _: None)
        transport = httpx.WSGITransport(app=router)
        with closing(router), httpx.Client(transport=transport, base_url="http://router") as client:
            answer = client.post(path, json={"scope": SCOPE, "turns": 3})
    assert answer.status_code == 200, answer.text
    assert answer.json()["name"].startswith(created.json()["response"]["name"])


def test_the_load_balancer_leads_to_the_function_of_a_registered_method() -> None:
    with registered(RPC):
        paths = [rule["path"] for rule in routes.rules()["toys"]]
    assert "/v1beta1/projects/*/locations/*/reasoningEngines/*/toys/*" in paths
    assert "toys" not in routes.rules()


def test_a_registered_method_is_named_in_telemetry() -> None:
    spans, tracers = InMemorySpanExporter(), TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    telemetry = Telemetry(tracers=tracers, meters=MeterProvider())
    call = Call({}, {}, {}, {}, "v1")
    for block in (registered(RPC), registered(replace(RPC, telemetry=None))):
        with block, telemetry.observe("WindToy", call):
            pass
    assert [span.name for span in spans.get_finished_spans()] == ["wind_toy", "WindToy"]


def test_what_was_registered_is_gone_afterwards() -> None:
    rpcs, kinds = all_rpcs(), dict(KINDS)
    with registered(RPC):
        assert Router(routes_of(PUBLIC)).match("POST", TOY).params["toy"] == "frog"
        assert KINDS["WindToy"] == WIND_TOY
    assert (all_rpcs(), dict(KINDS)) == (rpcs, kinds)
    with pytest.raises(NotFound):
        Router(routes_of(PUBLIC)).match("POST", TOY)


def test_two_methods_at_one_place_and_two_kinds_of_one_name_are_refused() -> None:
    with registered(RPC), registered(replace(RPC, name="Other")), pytest.raises(ValueError, match="two routes"):
        Router(routes_of(PUBLIC))
    with pytest.raises(ValueError, match="WindToy"), registered(RPC):
        register(replace(WIND_TOY, cancellable=False))


def test_an_operation_of_an_unknown_kind_is_left_to_a_worker_that_knows_it() -> None:
    with pytest.raises(Internal, match="OfTheNextVersion"):
        finisher_of(kind_of("OfTheNextVersion"))


@pytest.mark.parametrize("rpc", all_rpcs(), ids=lambda rpc: f"{rpc.name} {rpc.template}")
def test_every_handler_stands_in_the_module_of_its_function(rpc: Any) -> None:
    assert rpc.handler.startswith(f"memorybank.handlers.{rpc.function}:")
    assert handler_of(rpc.handler).__module__ == f"memorybank.handlers.{rpc.function}"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_is_answered_by_one_method_and_its_finisher_is_there(kind: OperationKind) -> None:
    assert [rpc.name for rpc in all_rpcs() if rpc.operation == kind] == [kind.name]
    assert kind.finisher is None or callable(finisher_of(kind))


def test_no_module_but_the_registry_spells_the_name_of_a_kind() -> None:
    package = Path(importlib.import_module("memorybank").__file__ or "").parent
    spelled = [
        (path.relative_to(package), name)
        for path in package.rglob("*.py")
        for name in KINDS
        if path.name != "operation_kinds.py" and f'"{name}"' in path.read_text()
        if "console" not in path.relative_to(package).parts  # a client, which does not know the table
    ]
    assert spelled == []


def test_the_linter_keeps_every_function_apart() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    [apart] = [
        contract["modules"]
        for contract in project["tool"]["importlinter"]["contracts"]
        if contract["name"] == "Functions do not know each other"
    ]
    assert set(apart) == {f"memorybank.handlers.{name}" for name in (*PUBLIC, *PRIVATE, "router")}
