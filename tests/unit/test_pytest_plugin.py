"""The plugin for people who test agents, in a pytest of its own that found it by the package's entry point alone."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.documents import blocks, page
from tests.waiting import PATIENCE

pytest_plugins = ["pytester"]

REPOSITORY = Path(__file__).parents[2]

USING_IT = """
import asyncio
import sys

IMPORTED = {name for name in sys.modules if name.startswith(("memorybank", "agentplatform"))}

def test_nothing_is_imported_before_it_is_asked_for():
    assert IMPORTED == {"memorybank", "memorybank.testing", "memorybank.testing.plugin"}

def test_a_bank_is_ready_and_has_a_client(memory_bank):
    assert memory_bank.engine.startswith(f"projects/{memory_bank.project}/locations/{memory_bank.location}/")
    memories = memory_bank.client.memory_banks.memories
    said = {"events": [{"content": {"role": "user", "parts": [{"text": "I live in Paris."}]}}]}
    memories.generate(name=memory_bank.engine, scope={"user_id": "ada"}, direct_contents_source=said)
    [found] = memories.retrieve(name=memory_bank.engine, scope={"user_id": "ada"})
    assert found.memory.fact == "I live in Paris"

def test_each_test_has_a_bank_of_its_own(memory_bank):
    assert list(memory_bank.client.memory_banks.memories.list(name=memory_bank.engine)) == []

def test_engines_can_be_configured(memory_bank):
    engine = memory_bank.create_engine({"ttl_config": {"default_ttl": "60s"}})
    memory_bank.client.memory_banks.memories.create(name=engine, fact="I like tea", scope={"user_id": "ada"})
    [memory] = memory_bank.client.memory_banks.memories.list(name=engine)
    assert memory.expire_time

async def facts_of(bank):
    async with bank.client.aio as client:
        memories = client.memory_banks.memories
        await memories.create(name=bank.engine, fact="I like tea", scope={"user_id": "ada"})
        return [memory.fact async for memory in await memories.list(name=bank.engine)]

def test_the_client_can_be_used_asynchronously(memory_bank):
    assert asyncio.run(facts_of(memory_bank)) == ["I like tea"]
"""

SCRIPTING = """
import pytest
from memorybank.ports.models import ExtractedFact
from memorybank.testing.scripted import ScriptedModel

SAID = {"events": [{"content": {"role": "user", "parts": [{"text": "Guess what I like."}]}}]}

def learn(bank):
    memories = bank.client.memory_banks.memories
    memories.generate(name=bank.engine, scope={"user_id": "ada"}, direct_contents_source=SAID)
    return [memory.fact for memory in memories.list(name=bank.engine)]

def test_a_bank_uses_the_scripted_model_of_the_same_test(memory_bank, scripted_model):
    assert learn(memory_bank) == ["Guess what I like."]
    assert scripted_model.extractions == 1

class TestOfAScript:
    @pytest.fixture
    def scripted_model(self):
        return ScriptedModel(extract=lambda request: [ExtractedFact("Guess what", event=0, quote="Guess what")])

    def test_the_script_can_be_given(self, memory_bank, scripted_model):
        assert learn(memory_bank) == ["Guess what"]

def test_a_bank_reads_by_itself_in_a_test_without_a_script(memory_bank):
    assert learn(memory_bank) == []
"""


@pytest.fixture
def installed(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Install the package as pip would, as far as pytest looks: the modules, and the entry points of pyproject.toml."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    told = pytester.mkdir("site") / "installed-0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: installed\nVersion: 0\n")
    [(name, module)] = project["entry-points"]["pytest11"].items()
    (told / "entry_points.txt").write_text(f"[pytest11]\n{name} = {module}\n")
    monkeypatch.setenv("PYTHONPATH", f"{told.parent}:{REPOSITORY / 'shared'}")
    return pytester


def test_tests_of_agents_get_a_bank_and_leave_no_warning(installed: pytest.Pytester) -> None:
    """All of them run in one process, since Google's SDK takes 5 s of CPU time to import."""
    files = {
        "test_a_using_it": USING_IT,  # imported first: it sees what is there before
        "test_b_scripting": SCRIPTING,
        "test_c_docs": "\n".join(blocks(page("docs/testing.md"), "python")),
    }
    installed.makepyfile(**files)
    others = [f"-pno:{name}" for name in ("hypothesispytest", "langsmith_plugin", "schemathesis")]  # 3 s of imports
    result = installed.runpytest_subprocess("-W", "error", "-p", "no:cacheprovider", *others, timeout=PATIENCE)
    result.assert_outcomes(passed=sum(tests.count("def test_") for tests in files.values()))
