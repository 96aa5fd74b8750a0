"""Saves and loads what a Firestore emulator holds, which is in memory only, by its own export and import.

Each save is a new folder. Older ones are removed once it is complete, so that a save that breaks off loses nothing.
"""

from __future__ import annotations

import json
import shutil
import time
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from memorybank.errors import Unavailable

_SECONDS = 300.0
_END = ".overall_export_metadata"


def save(host: str, project: str, *, folder: Path) -> None:
    """Save a project's default database below `folder`; raise `Unavailable` if the emulator does not do it."""
    folder.mkdir(parents=True, exist_ok=True)
    older = _saves(folder)
    name = f"firestore-{time.time_ns()}"
    _ask(host, project, "export", export_directory=str(folder.resolve()), export_name=name)
    if not _metadata(folder / name).exists():
        raise Unavailable(f"the Firestore emulator has written no complete export to {folder / name}")
    for path in older:
        shutil.rmtree(path)


def load(host: str, project: str, *, folder: Path) -> bool:
    """Load the last complete save below `folder` into a project's default database; say whether there was one."""
    complete = [path for path in _saves(folder) if _metadata(path).exists()]
    if not complete:
        return False
    _ask(host, project, "import", export_directory=str(_metadata(complete[-1]).resolve()))
    return True


def _saves(folder: Path) -> list[Path]:
    """Return the folders of saves, the last one at the end."""
    return sorted(folder.glob("firestore-*[0-9]"))


def _metadata(save: Path) -> Path:
    return save / f"{save.name}{_END}"


def _ask(host: str, project: str, verb: str, **arguments: str) -> None:
    body = {"database": f"projects/{project}/databases/(default)", **arguments}
    request = Request(
        f"http://{host}/emulator/v1/projects/{project}:{verb}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urlopen(request, timeout=_SECONDS):  # noqa: S310 - as above
            return
    except HTTPError as error:
        with error:
            said = error.read().decode(errors="replace")[:500]
        raise Unavailable(f"the Firestore emulator refused the {verb}: {said}") from error
    except (URLError, OSError, HTTPException) as error:
        raise Unavailable(f"the Firestore emulator did not answer the {verb}: {error}") from error
