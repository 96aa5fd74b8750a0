"""The ways to write one and the same path: two versions, with and without project, by the project's id or number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import agentplatform
import pytest
import vertexai
from google.genai.errors import ClientError
from google.oauth2.credentials import Credentials

if TYPE_CHECKING:
    from tests.conftest import Served

SCOPE = {"user_id": "ada"}
MODULES = pytest.mark.parametrize("module", [agentplatform, vertexai], ids=["agentplatform", "vertexai"])


def _doors(module: Any, client: Any) -> tuple[Any, Any]:
    engines = client.agent_engines if module is vertexai else client.runtimes
    memories = (client.agent_engines if module is vertexai else client.memory_banks).memories
    return engines, memories


@MODULES
@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_both_versions_of_the_api_reach_the_same_bank(served: Served, module: Any, version: str) -> None:
    engines, memories = _doors(module, served.client(module.__name__, api_version=version))
    engine = engines.create().api_resource.name
    name = memories.create(name=engine, fact="I like tea", scope=SCOPE).response.name
    source = {"direct_memories": [{"fact": "I like figs"}]}
    operation = memories.generate(name=engine, scope=SCOPE, direct_memories_source=source)
    assert operation.metadata["@type"].startswith(f"type.googleapis.com/google.cloud.aiplatform.{version}.")
    other = served.client(api_version="v1beta1" if version == "v1" else "v1").memory_banks.memories
    assert other.get(name=name).fact == "I like tea"
    assert {memory.fact for memory in other.list(name=engine)} == {"I like tea", "I like figs"}


@MODULES
def test_express_mode_needs_neither_project_nor_location(served: Served, module: Any) -> None:
    client = module.Client(api_key="k", http_options={"base_url": served.url})
    engines, memories = _doors(module, client)
    engine = engines.create(config={"display_name": "express"}).api_resource.name
    assert engine.startswith("projects/local/locations/us-central1/reasoningEngines/")
    assert [found.api_resource.name for found in engines.list()] == [engine]
    short = engine[engine.index("reasoningEngines") :]
    name = memories.create(name=short, fact="I like tea", scope=SCOPE).response.name
    assert name.startswith(f"{engine}/memories/")
    source = {"direct_memories": [{"fact": "I like figs"}]}
    operation = memories.generate(name=short, scope=SCOPE, direct_memories_source=source)
    assert operation.name.startswith(f"{engine}/operations/")
    assert {memory.fact for memory in memories.list(name=short)} == {"I like tea", "I like figs"}
    assert memories.get(name=name).fact == memories.get(name=name[name.index("reasoningEngines") :]).fact
    [hit] = memories.retrieve(
        name=short, scope=SCOPE, similarity_search_params={"search_query": "I like tea", "top_k": 1}
    )
    assert hit.memory.name == name
    assert engines.get(name=short).api_resource.display_name == "express"
    engines.delete(name=short, force=True)
    with pytest.raises(ClientError) as gone:
        engines.get(name=engine)
    assert gone.value.code == 404


def test_names_without_a_project_mean_the_clients_own(served: Served) -> None:
    client = served.client()
    engine = client.memory_banks.create().name
    short = engine[engine.index("reasoningEngines") :]
    memory = client.memory_banks.memories.create(name=short, fact="I like tea", scope=SCOPE).response.name
    assert memory.startswith(f"{engine}/memories/")


def test_one_projects_engine_is_not_found_in_another(served: Served) -> None:
    engine = served.create_engine()
    for elsewhere in (
        engine.replace(served.project, "other"),
        engine.replace("us-central1", "europe-west4"),
    ):
        with pytest.raises(ClientError) as refused:
            served.client().runtimes.get(name=elsewhere)
        assert (refused.value.code, refused.value.status) == (404, "NOT_FOUND")


def test_the_parent_of_an_express_call_may_stand_in_the_query(served: Served) -> None:
    parent, path = {"parent": served.parent}, "/v1beta1/reasoningEngines"
    with served.http() as http:
        name = http.post(path, params=parent, json={}).json()["response"]["name"]
        assert name.startswith(f"{served.parent}/reasoningEngines/")
        assert [each["name"] for each in http.get(path, params=parent).json()["reasoningEngines"]] == [name]
        assert http.get(path).json() == {}
        refused = http.get(path, params={"parent": "nowhere"})
    assert (refused.status_code, refused.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/", 404),
        ("GET", "/v2/reasoningEngines", 404),
        ("GET", "/v1beta1/projects/p/reasoningEngines", 404),
        ("GET", "/v1beta1/reasoningEngines/1/colours", 404),
        ("POST", "/v1beta1/reasoningEngines/1/memories:paint", 404),
        ("DELETE", "/v1beta1/reasoningEngines", 405),
        ("GET", "/v1beta1/reasoningEngines/1/memories:generate", 405),
        ("GET", "/v1beta1/reasoningEngines/1/memories/2/revisions/3/4", 404),
    ],
)
def test_unknown_paths_and_methods_are_told_as_errors_of_the_api(
    served: Served, method: str, path: str, code: int
) -> None:
    with served.http() as http:
        answer = http.request(method, path)
    assert answer.status_code == code
    assert answer.headers["content-type"].startswith("application/json")
    error = answer.json()["error"]
    assert error["code"] == code
    assert set(error) == {"code", "message", "status", "details"}
    assert error["message"]


def test_the_token_of_the_caller_is_nobodys_business(served: Served) -> None:
    """A bank on one's own machine takes any credentials."""
    client = agentplatform.Client(
        project=served.project,
        location="us-central1",
        credentials=Credentials(token="quite another"),
        http_options={"base_url": served.url},
    )
    assert client.memory_banks.create().name.startswith(served.parent)
