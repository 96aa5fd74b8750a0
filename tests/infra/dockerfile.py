"""Reads a Dockerfile and a .dockerignore as far as this repository writes them, and runs a stage without Docker."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path


@dataclass(frozen=True)
class Instruction:
    """One instruction: its keyword in capitals and what follows it, on one line."""

    keyword: str
    text: str

    def words(self) -> list[str]:
        """Return what follows the keyword, as words without the flags."""
        return [word for word in shlex.split(self.text) if not word.startswith("--")]

    def flags(self) -> list[str]:
        """Return the flags, such as `--from=build`."""
        return [word for word in shlex.split(self.text) if word.startswith("--")]


def instructions_of(text: str) -> list[Instruction]:
    """Return the instructions of a Dockerfile, in order."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    parted = [line.partition(" ") for line in joined.splitlines()]
    return [Instruction(keyword.upper(), rest.strip()) for keyword, _, rest in parted]


def stages_of(instructions: list[Instruction]) -> list[list[Instruction]]:
    """Return the instructions of each stage, its FROM first."""
    starts = [at for at, instruction in enumerate(instructions) if instruction.keyword == "FROM"]
    ends = [*starts[1:], len(instructions)]
    return [instructions[start:end] for start, end in zip(starts, ends, strict=True)]


def context_of(root: Path) -> set[Path]:
    """Return the files, relative to `root`, that .dockerignore leaves in the build's context."""
    rules = [line for line in (root / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    return {file for file in _files(root) if _stays(file, rules)}


def _files(root: Path) -> Iterator[Path]:
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if name not in {".git", ".venv"}]
        yield from ((Path(folder) / file).relative_to(root) for file in files)


def _stays(file: Path, rules: list[str]) -> bool:
    """Tell whether the last rule that matches the file, or a folder it is in, is an exception."""
    stays = True
    spellings = [str(path) for path in (file, *file.parents[:-1])]
    for rule in rules:
        pattern = rule.removeprefix("!")
        if any(_matches(spelling, pattern) for spelling in spellings):
            stays = rule.startswith("!")
    return stays


def _matches(path: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return _matches(path.rpartition("/")[2], pattern.removeprefix("**/"))
    return path.count("/") == pattern.count("/") and fnmatch(path, pattern)


def run_stage(stage: list[Instruction], *, repository: Path, root: Path, environment: Mapping[str, str]) -> None:
    """Do what a stage's COPY and RUN say, with the folder `root` in place of the image's `/`."""
    context, work = context_of(repository), root
    for instruction in stage[1:]:
        match instruction.keyword:
            case "WORKDIR":
                work = _inside(root, work, instruction.text)
                work.mkdir(parents=True, exist_ok=True)
            case "COPY":
                *sources, target = instruction.words()
                for source in sources:
                    _copy(repository, source, context, _inside(root, work, target))
            case "RUN":
                command = in_place_of_the_image(instruction.text, root)
                ran = subprocess.run(
                    ["/bin/sh", "-c", command],
                    cwd=work,
                    env=dict(environment),
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert ran.returncode == 0, f"{command}\n{ran.stdout[-4000:]}\n{ran.stderr[-4000:]}"
            case other:
                raise NotImplementedError(other)


def in_place_of_the_image(text: str, root: Path) -> str:
    """Return the text with the image's own folders put below `root`."""
    return re.sub(r"(?<![\w./*-])/(build|functions|venv)\b", rf"{root}/\1", text)


def command_of(stage: list[Instruction]) -> list[str]:
    """Return the words of the stage's CMD, which is of the exec form."""
    [text] = [instruction.text for instruction in stage if instruction.keyword == "CMD"]
    words = json.loads(text)
    assert isinstance(words, list)
    return [str(word) for word in words]


def environment_of(stage: list[Instruction]) -> dict[str, str]:
    """Return the variables that the stage's ENV instructions set."""
    words = [word for instruction in stage if instruction.keyword == "ENV" for word in instruction.words()]
    return dict(word.split("=", 1) for word in words)


def _inside(root: Path, work: Path, path: str) -> Path:
    return root / path.lstrip("/") if path.startswith("/") else work / path


def _copy(repository: Path, source: str, context: set[Path], target: Path) -> None:
    """Copy a file into a folder, or what is in a folder into another, as COPY does."""
    below = [file for file in context if file == Path(source) or Path(source) in file.parents]
    assert below, f"{source} is not in the build's context"
    for file in below:
        place = target / (file.name if file == Path(source) else file.relative_to(source))
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(repository / file, place)
