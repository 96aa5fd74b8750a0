"""Write the bill of materials of what is deployed, as CycloneDX 1.6: each package of a lock, its version and hashes.

python infra/sbom.py infra/requirements.lock > dist/sbom.json

With `--image repository@sha256:...` it says which image was built from the lock.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PACKAGE = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill_of(lock: str, *, image: str | None = None) -> dict[str, Any]:
    """Return the bill of materials of a lock, or of an image built from it; it is the same for the same arguments."""
    subject: dict[str, Any] = {"type": "application", "name": "open-memory-bank", "bom-ref": "open-memory-bank"}
    if image is not None:
        repository, _, digest = image.partition("@sha256:")
        hashes = [{"alg": "SHA-256", "content": digest}]
        subject = {"type": "container", "name": repository, "bom-ref": image, "version": digest, "hashes": hashes}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": subject},
        "components": list(_components(lock)),
    }


def _components(lock: str) -> Iterator[dict[str, Any]]:
    for entry in lock.replace("\\\n", " ").splitlines():
        if match := _PACKAGE.match(entry):
            name, version = match[1].lower(), match[2]
            yield {
                "type": "library",
                "name": name,
                "version": version,
                "bom-ref": f"pkg:pypi/{name}@{version}",
                "purl": f"pkg:pypi/{name}@{version}",
                # A release has several files, of which a machine installs one: each may be what is deployed.
                "externalReferences": [
                    {
                        "type": "distribution",
                        "url": f"https://pypi.org/project/{name}/{version}/",
                        "hashes": [{"alg": "SHA-256", "content": digest} for digest in _HASH.findall(entry)],
                    }
                ],
            }


def main() -> None:
    """Write the bill of materials to standard output."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("lock", type=Path)
    parser.add_argument("--image", help="repository@sha256:... that was built from the lock")
    asked = parser.parse_args()
    json.dump(bill_of(asked.lock.read_text(encoding="utf-8"), image=asked.image), sys.stdout, indent=2)


if __name__ == "__main__":
    main()
