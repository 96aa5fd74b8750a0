"""gRPC: Google's generated clients on a channel of their own, callers that send bytes, and what each is answered."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import grpc
import pytest
from google.api_core import exceptions
from google.cloud import aiplatform_v1, aiplatform_v1beta1
from google.longrunning import operations_pb2
from google.protobuf import struct_pb2
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from memorybank.aip.errors import error_response
from memorybank.aip.http import Request, Response, json_response
from memorybank.config import MAX_BODY, Settings
from memorybank.errors import InvalidArgument, Violation
from memorybank.handlers.routes import PUBLIC, routes_of
from memorybank.handlers.rpcs import all_rpcs
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.local.grpc.methods import Method, methods_for
from memorybank.local.grpc.server import GrpcServer, Handlers
from memorybank.local.grpc.transcoding import answer_of, status_of
from memorybank.local.server import LocalServer
from memorybank.testing.scripted import ScriptedModel
from tests.functions.callers import ANYBODY, bank_with_rules, token
from tests.waiting import PATIENCE, until

g = aiplatform_v1beta1
SCOPE = {"user_id": "ada"}
SERVICE = "google.cloud.aiplatform.v1beta1.MemoryBankService"
OPERATIONS = "google.longrunning.Operations"
HTTP_ONLY = {
    *("EraseMemories", "IngestEvents", "PurgeMemories", "ReembedMemories", "RetrieveProfiles", "RollbackMemory"),
    *("GetMemoryRevision", "ListMemoryRevisions", "RetryOperation", "RollbackOperation", "CompactSession"),
    *("BatchCreateMemories", "ExplainMemory", "ExportMemories", "ListScopes", "ListWaiting"),
    *("GetIamPolicy", "SetIamPolicy", "TestIamPermissions", "Sweep", "RunTask"),
}
"""Methods of this bank that google-cloud-aiplatform has no message for, or no binding to an engine."""


class Slow(ScriptedModel):
    """A model that answers when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may = threading.Event()

    def extract(self, request: Any) -> Any:
        assert self.may.wait(PATIENCE)
        return super().extract(request)


@dataclass
class Called:
    """A bank behind a gRPC server, and a channel to it."""

    bank: Bank
    channel: grpc.Channel
    address: str
    parent: str = field(default_factory=lambda: f"projects/p-{uuid4().hex[:8]}/locations/us-central1")

    def client(self, service: str, *, version: Any = g) -> Any:
        """Return a generated client of a service."""
        kind = getattr(version, f"{service}Client")
        return kind(transport=kind.get_transport_class("grpc")(channel=self.channel))

    def create_engine(self) -> str:
        made = self.client("ReasoningEngineService").create_reasoning_engine(
            parent=self.parent, reasoning_engine=g.ReasoningEngine(display_name="one")
        )
        return str(made.result(timeout=PATIENCE).name)

    def send(self, path: str, data: bytes = b"", **options: Any) -> bytes:
        """Call a method as a client of another language would: bytes in, bytes out."""
        call = self.channel.unary_unary(f"/{path}")
        return bytes(call(data, timeout=PATIENCE, **options))


def _called(stack: ExitStack, bank: Bank) -> Called:
    server = stack.enter_context(GrpcServer(bank.application, routes_of(PUBLIC)))
    return Called(bank, stack.enter_context(grpc.insecure_channel(server.address)), server.address)


@pytest.fixture(scope="module")
def called() -> Iterator[Called]:
    """Serve a bank with the offline model over both HTTP and gRPC, as `memorybank serve --grpc-port` does."""
    settings = Settings(data=":memory:", embeddings="offline")
    bank = Bank(settings, embedded_adapters(settings))
    server = GrpcServer(bank.application, routes_of(PUBLIC))
    with LocalServer(bank, beside=[server]), grpc.insecure_channel(server.address) as channel:
        yield Called(bank, channel, server.address)


@pytest.fixture(scope="module")
def memories(called: Called) -> Any:
    return called.client("MemoryBankService")


@pytest.fixture
def engine(called: Called) -> str:
    return called.create_engine()


def _remember(memories: Any, engine: str, fact: str = "I like tea", **fields: Any) -> Any:
    memory = g.Memory(fact=fact, scope=SCOPE, **fields)
    return memories.create_memory(parent=engine, memory=memory).result(timeout=PATIENCE)


def _conversation(engine: str, text: str) -> Any:
    event = {"content": {"role": "user", "parts": [{"text": text}]}}
    source = g.GenerateMemoriesRequest.DirectContentsSource(events=[event])
    return g.GenerateMemoriesRequest(parent=engine, scope=SCOPE, direct_contents_source=source)


def test_a_memory_is_created_read_changed_listed_and_deleted(memories: Any, engine: str) -> None:
    created = _remember(
        memories,
        engine,
        topics=[g.MemoryTopicId(managed_memory_topic=2)],
        metadata={"my_key": g.MemoryMetadataValue(double_value=1.0)},
        ttl=Duration(seconds=3600),
    )
    got = memories.get_memory(name=created.name)
    assert got == created
    assert (got.fact, dict(got.scope), got.metadata["my_key"].double_value) == ("I like tea", SCOPE, 1.0)
    got.fact, got.display_name = "I like green tea", "not in the mask"
    updated = memories.update_memory(memory=got, update_mask={"paths": ["fact"]}).result(timeout=PATIENCE)
    assert (updated.fact, updated.display_name) == ("I like green tea", "")
    _remember(memories, engine, "I live in Rome")
    pages = memories.list_memories(request=g.ListMemoriesRequest(parent=engine, page_size=1))
    assert [each.fact for each in pages] == ["I live in Rome", "I like green tea"]
    memories.delete_memory(name=created.name).result(timeout=PATIENCE)
    with pytest.raises(exceptions.NotFound, match="does not exist"):
        memories.get_memory(name=created.name)


def test_masks_may_name_keys_of_maps(memories: Any, engine: str) -> None:
    two = {"myKey": g.MemoryMetadataValue(double_value=1.0), "other": g.MemoryMetadataValue(double_value=1.0)}
    memory = _remember(memories, engine, metadata=two)
    memory.metadata["myKey"] = memory.metadata["other"] = g.MemoryMetadataValue(double_value=2.0)
    updated = memories.update_memory(memory=memory, update_mask={"paths": ["metadata.myKey"]}).result(PATIENCE)
    assert {key: value.double_value for key, value in updated.metadata.items()} == {"myKey": 2.0, "other": 1.0}


def test_a_conversation_is_generated_from_and_retrieved(memories: Any, engine: str) -> None:
    [change] = (
        memories.generate_memories(request=_conversation(engine, "I live in Paris."))
        .result(timeout=PATIENCE)
        .generated_memories
    )
    assert change.action == g.GenerateMemoriesResponse.GeneratedMemory.Action.CREATED
    by_meaning = g.RetrieveMemoriesRequest(
        parent=engine, scope=SCOPE, similarity_search_params={"search_query": "Where do I live?", "top_k": 2}
    )
    [hit] = memories.retrieve_memories(request=by_meaning).retrieved_memories
    assert (hit.memory.name, hit.memory.fact) == (change.memory.name, "I live in Paris")
    assert hit.distance > 0
    page = g.RetrieveMemoriesRequest(parent=engine, scope=SCOPE, simple_retrieval_params={"page_size": 1})
    assert [each.memory.name for each in memories.retrieve_memories(request=page).retrieved_memories] == [
        hit.memory.name
    ]


def test_a_session_is_kept_with_its_events(called: Called, engine: str) -> None:
    sessions = called.client("SessionService")
    session = g.Session(user_id="ada", session_state={"unread": 3, "deep": {"er": [1.5, None, True]}})
    made = sessions.create_session(parent=engine, session=session).result(timeout=PATIENCE)
    content = g.Content(
        role="user", parts=[{"text": "I like tea."}, {"inline_data": {"mime_type": "a/b", "data": b"\xff"}}]
    )
    event = g.SessionEvent(
        author="user",
        invocation_id="1",
        timestamp={"seconds": 1_700_000_000, "nanos": 5000},
        content=content,
        actions={"state_delta": {"unread": 4}},
    )
    sessions.append_event(name=made.name, event=event)
    [kept] = sessions.list_events(parent=made.name)
    assert (kept.content, kept.timestamp.nanosecond) == (content, 5000)
    got = sessions.get_session(name=made.name)
    assert got.session_state["unread"] == 4
    assert list(got.session_state["deep"]["er"]) == [1.5, None, True]
    got.display_name = "tea"
    assert sessions.update_session(session=got, update_mask={"paths": ["display_name"]}).display_name == "tea"
    request = g.ListSessionsRequest(parent=engine, filter='user_id="ada"')
    assert [each.name for each in sessions.list_sessions(request=request)] == [made.name]
    sessions.delete_session(name=made.name).result(timeout=PATIENCE)
    with pytest.raises(exceptions.NotFound):
        sessions.get_session(name=made.name)


@pytest.mark.parametrize("version", [aiplatform_v1, aiplatform_v1beta1], ids=["v1", "v1beta1"])
def test_engines_are_kept_by_both_versions(called: Called, version: Any) -> None:
    engines = called.client("ReasoningEngineService", version=version)
    wanted = version.ReasoningEngine(display_name="one", labels={"team_name": "a"})
    created = engines.create_reasoning_engine(parent=called.parent, reasoning_engine=wanted).result(timeout=PATIENCE)
    assert isinstance(created, version.ReasoningEngine)
    created.display_name = "two"
    changed = engines.update_reasoning_engine(reasoning_engine=created, update_mask={"paths": ["display_name"]})
    assert changed.result(timeout=PATIENCE).display_name == "two"
    assert engines.get_reasoning_engine(name=created.name).labels == {"team_name": "a"}
    assert created.name in [each.name for each in engines.list_reasoning_engines(parent=called.parent)]
    engines.delete_reasoning_engine(name=created.name).result(timeout=PATIENCE)
    with pytest.raises(exceptions.NotFound):
        engines.get_reasoning_engine(name=created.name)


def test_the_asynchronous_client_is_answered_the_same(called: Called, engine: str) -> None:
    async def journey() -> list[str]:
        kind = g.MemoryBankServiceAsyncClient
        async with grpc.aio.insecure_channel(called.address) as channel:
            client = kind(transport=kind.get_transport_class("grpc_asyncio")(channel=channel))
            memory = g.Memory(fact="I like tea", scope=SCOPE)
            made = await (await client.create_memory(parent=engine, memory=memory)).result(timeout=PATIENCE)
            assert (await client.get_memory(name=made.name)).fact == "I like tea"
            with pytest.raises(exceptions.NotFound):
                await client.get_memory(name=f"{made.name}x")
            return [each.fact async for each in await client.list_memories(parent=engine)]

    assert asyncio.run(journey()) == ["I like tea"]


def _wait(called: Called, name: str, **timeout: int) -> Any:
    """Call WaitOperation as the service defines it: Google's Python client does not read its answer."""
    request = operations_pb2.WaitOperationRequest(name=name, timeout=Duration(**timeout) if timeout else None)
    return operations_pb2.Operation.FromString(called.send(f"{OPERATIONS}/WaitOperation", request.SerializeToString()))


def test_operations_are_read_listed_waited_for_cancelled_and_deleted() -> None:
    model, settings = Slow(), Settings(data=":memory:", embeddings="offline")
    with ExitStack() as stack:
        called = _called(stack, stack.enter_context(Bank(settings, embedded_adapters(settings, model=model))))
        stack.callback(model.may.set)
        memories, engine = called.client("MemoryBankService"), called.create_engine()
        first = memories.generate_memories(request=_conversation(engine, "I like tea"))
        second = memories.generate_memories(request=_conversation(engine, "I like coffee"))
        assert not _wait(called, first.operation.name, nanos=1_000_000).done
        assert not first.done()
        assert second.cancel()
        until(second.done)
        listed = operations_pb2.ListOperationsRequest(name=engine, page_size=10)
        names = [second.operation.name, first.operation.name]
        assert [each.name for each in memories.list_operations(listed).operations[:2]] == names
        model.may.set()
        until(lambda: _wait(called, first.operation.name).done)
        [change] = first.result(timeout=PATIENCE).generated_memories
        assert memories.get_memory(name=change.memory.name).fact == "I like tea"
        memories.delete_operation(operations_pb2.DeleteOperationRequest(name=first.operation.name))
        with pytest.raises(exceptions.NotFound):
            memories.get_operation(operations_pb2.GetOperationRequest(name=first.operation.name))


def test_a_negative_wait_is_refused(called: Called, engine: str) -> None:
    for seconds in (-1, -(10**11)):
        with pytest.raises(grpc.RpcError) as caught:
            _wait(called, f"{engine}/operations/1", seconds=seconds)
        assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT


class Unfinished:
    """An application whose operations are never done; `paths` are those that it was asked for."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def handle(self, request: Request) -> Response:
        self.paths.append(request.path)
        return json_response({"name": "projects/p/locations/l/reasoningEngines/1/operations/2"})


class Caller:
    """The context of a call whose client leaves after it has been looked for so many times."""

    def __init__(self, looks: int) -> None:
        self._looks = looks

    def is_active(self) -> bool:
        self._looks -= 1
        return self._looks >= 0

    def invocation_metadata(self) -> list[tuple[str, Any]]:
        return [("x-goog-request-params", "name=x"), ("grpc-tags-bin", b"\xff")]


@pytest.mark.parametrize(("looks", "asked"), [(0, 1), (3, 4), (100, 30)])
def test_a_client_that_has_gone_does_not_hold_a_thread(looks: int, asked: int) -> None:
    application = Unfinished()
    handlers = Handlers(cast("Any", application), methods_for(routes_of(PUBLIC)))
    handler = handlers.service(SimpleNamespace(method=f"/{OPERATIONS}/WaitOperation"))
    name = "projects/p/locations/l/reasoningEngines/1/operations/2"
    request = operations_pb2.WaitOperationRequest(name=name, timeout=Duration(seconds=1000))
    handler.unary_unary(request.SerializeToString(), Caller(looks))
    assert application.paths == [f"/v1beta1/{name}:wait"] * asked


def test_a_call_whose_client_left_while_it_waited_for_a_thread_is_not_served() -> None:
    application = Unfinished()
    handlers = Handlers(cast("Any", application), methods_for(routes_of(PUBLIC)))
    handler = handlers.service(SimpleNamespace(method=f"/{SERVICE}/DeleteMemory"))
    handler.unary_unary(
        g.DeleteMemoryRequest.serialize({"name": "projects/p/locations/l/reasoningEngines/1/memories/2"}), Caller(0)
    )
    assert application.paths == []


def test_a_client_of_v1_polls_for_messages_of_v1(called: Called, monkeypatch: pytest.MonkeyPatch) -> None:
    """Google's client refuses an operation whose response is of another version than it called."""
    handle = called.bank.application.handle

    def unfinished(request: Request) -> Response:
        answer = handle(request)
        return json_response({"name": json.loads(answer.body)["name"]}) if request.method == "POST" else answer

    monkeypatch.setattr(called.bank.application, "handle", unfinished)
    engines = called.client("ReasoningEngineService", version=aiplatform_v1)
    made = engines.create_reasoning_engine(parent=called.parent, reasoning_engine=aiplatform_v1.ReasoningEngine())
    assert not made.operation.done
    assert isinstance(made.result(timeout=PATIENCE), aiplatform_v1.ReasoningEngine)


def test_metadata_that_google_has_no_message_for_is_a_struct() -> None:
    method = methods_for(routes_of(PUBLIC))[f"/{OPERATIONS}/ListOperations"]
    unknown = {"@type": "type.googleapis.com/google.cloud.aiplatform.v1beta1.MoonMetadata", "createTime": "now"}
    [found] = answer_of(method, json_response({"operations": [{"name": "o", "metadata": unknown}]})).operations
    told = struct_pb2.Struct()
    assert found.metadata.Unpack(told)
    assert dict(told) == {"createTime": "now"}


def test_a_wrong_field_is_named_in_the_details(memories: Any, engine: str) -> None:
    with pytest.raises(exceptions.InvalidArgument, match="scope") as caught:
        memories.create_memory(parent=engine, memory=g.Memory(fact="I like tea"))
    [detail] = caught.value.details
    assert isinstance(detail, error_details_pb2.BadRequest)
    assert [each.field for each in detail.field_violations] == ["scope"]


def test_errors_keep_their_codes(memories: Any, engine: str) -> None:
    create = g.CreateMemoryRequest(parent=engine, memory=g.Memory(fact="I like tea", scope=SCOPE), memory_id="tea")
    memories.create_memory(request=create).result(timeout=PATIENCE)
    with pytest.raises(exceptions.AlreadyExists):
        memories.create_memory(request=create)
    with pytest.raises(exceptions.InvalidArgument, match=r"parent: must be projects/\*"):
        memories.list_memories(parent="somewhere")
    with pytest.raises(exceptions.InvalidArgument, match="updateMask"):
        memories.update_memory(memory=g.Memory(name=f"{engine}/memories/tea"), update_mask={"paths": ["nothing"]})


def test_an_error_of_any_length_fits_into_the_trailers() -> None:
    """Of 8 KB, where a byte that is not ASCII stands as three, and the details as base64."""
    wrong = [Violation(f"scope[{number}]", "é" * 100) for number in range(100)]
    status = status_of(error_response(InvalidArgument.of(*wrong)))
    assert status.ByteSize() <= 3000
    told = error_details_pb2.BadRequest()
    assert status.details[0].Unpack(told)
    assert [each.field for each in told.field_violations] == [
        f"scope[{number}]" for number in range(len(told.field_violations))
    ]
    assert told.field_violations
    huge = status_of(error_response(InvalidArgument.of(Violation("x", "é" * 10_000))))
    assert (huge.ByteSize() <= 3000, len(huge.details), huge.message[:4]) == (True, 0, "x: é")


def test_an_answer_loses_the_fields_that_googles_messages_lack() -> None:
    method = methods_for(routes_of(PUBLIC))[f"/{SERVICE}/GetMemory"]
    memory = answer_of(method, json_response({"fact": "I like tea", "moon": {"phase": "full"}}))
    assert memory.fact == "I like tea"


def test_names_are_passed_on_as_they_are() -> None:
    application = Unfinished()
    name = "projects/example.com:p/locations/l/reasoningEngines/1/memories/é%20"
    handlers = Handlers(cast("Any", application), methods_for(routes_of(PUBLIC)))
    handler = handlers.service(SimpleNamespace(method=f"/{SERVICE}/GetMemory"))
    handler.unary_unary(g.GetMemoryRequest.serialize({"name": name}), Caller(1))
    assert application.paths == [f"/v1beta1/{name}"]


def test_callers_are_identified_and_limited_as_over_http() -> None:
    with ExitStack() as stack:
        called = _called(stack, stack.enter_context(bank_with_rules()))
        request = g.ListReasoningEnginesRequest(parent=called.parent)
        data = g.ListReasoningEnginesRequest.serialize(request)
        path = "google.cloud.aiplatform.v1beta1.ReasoningEngineService/ListReasoningEngines"

        def code(*metadata: tuple[str, str]) -> Any:
            try:
                called.send(path, data, metadata=metadata)
            except grpc.RpcError as error:
                return error.code()
            return grpc.StatusCode.OK

        routing = (("x-goog-request-params", f"parent={called.parent}"), ("x-goog-user-project", "another"))
        assert code() == grpc.StatusCode.UNAUTHENTICATED
        assert code(("authorization", "Bearer x")) == grpc.StatusCode.UNAUTHENTICATED
        assert code(("authorization", f"Bearer {token(ANYBODY)}"), *routing) == grpc.StatusCode.OK
        create = g.CreateReasoningEngineRequest(parent=called.parent, reasoning_engine={"display_name": "one"})
        path = path.replace("ListReasoningEngines", "CreateReasoningEngine")
        data = g.CreateReasoningEngineRequest.serialize(create)
        assert code(("authorization", f"Bearer {token('reader@example.com')}")) == grpc.StatusCode.PERMISSION_DENIED


def test_bytes_are_served_without_googles_client(called: Called, engine: str) -> None:
    def string(number: int, text: str) -> bytes:
        encoded = text.encode()
        return bytes([number << 3 | 2, len(encoded)]) + encoded

    sent = string(1, engine)
    assert called.send(f"{SERVICE}/ListMemories", sent) == b""
    _remember(called.client("MemoryBankService"), engine, "I like tea")
    assert b"I like tea" in called.send(f"{SERVICE}/ListMemories", sent)


@pytest.mark.parametrize("path", ["CreateMemory", "ListMemories", "RetrieveMemories"])
def test_garbage_is_refused_and_harms_nobody(called: Called, engine: str, path: str) -> None:
    for data in (b"\xff" * 40, b"\x0a\xff\xff\xff\xff\x0f", b"\x0a\x02\xc3\x28"):
        with pytest.raises(grpc.RpcError) as caught:
            called.send(f"{SERVICE}/{path}", data)
        assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert called.send(f"{SERVICE}/ListMemories", g.ListMemoriesRequest.serialize({"parent": engine})) == b""


def test_a_value_that_json_lacks_is_refused(called: Called, engine: str) -> None:
    sessions = called.client("SessionService")
    session = g.Session(user_id="ada", session_state={"x": float("nan")})
    with pytest.raises(exceptions.InvalidArgument, match="JSON cannot express"):
        sessions.create_session(parent=engine, session=session)


def test_a_request_is_as_large_as_over_http_at_most(called: Called, engine: str) -> None:
    padding = b"\x0a" + b"\xff\xff\xff\x07" + b"x" * (16 * 1024 * 1024 - 1)
    for compression in (grpc.Compression.NoCompression, grpc.Compression.Gzip):
        with pytest.raises(grpc.RpcError) as caught:
            called.send(f"{SERVICE}/ListMemories", padding, compression=compression)
        assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    control = g.Memory(fact="\x01" * (MAX_BODY // 2), scope=SCOPE)
    with pytest.raises(exceptions.InvalidArgument, match="larger than"):
        called.client("MemoryBankService").create_memory(parent=engine, memory=control)


@pytest.mark.parametrize("path", [f"{SERVICE}/FlyToTheMoon", "a.B/C", f"{SERVICE}/RollbackMemory"])
def test_an_unknown_method_is_unimplemented(called: Called, path: str) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        called.send(path)
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED
    assert path in caught.value.details()
    assert rpc_status.from_call(caught.value).code == 12


def test_every_method_that_google_has_messages_for_is_served() -> None:
    methods: dict[str, Method] = methods_for(routes_of(PUBLIC))
    names = {path.rpartition("/")[2] for path in methods}
    assert names == {rpc.name for rpc in all_rpcs()} - HTTP_ONLY
    services = {path.rpartition("/")[0].removeprefix("/") for path in methods}
    assert services == {
        *(f"google.cloud.aiplatform.v1.{name}" for name in ("SessionService", "ReasoningEngineService")),
        *(f"google.cloud.aiplatform.v1beta1.{name}" for name in ("SessionService", "ReasoningEngineService")),
        *(SERVICE, OPERATIONS, "google.cloud.location.Locations"),
    }
