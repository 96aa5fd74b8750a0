"""Write the bill of materials of what is deployed, as CycloneDX 1.6: each package of a lock, its version and hashes.

python infra/sbom.py infra/requirements.lock > dist/sbom.json
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PACKAGE = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill_of(lock: str) -> dict[str, Any]:
    """Return the bill of materials of a lock; it is the same for the same lock."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "open-memory-bank", "bom-ref": "open-memory-bank"}},
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


if __name__ == "__main__":
    json.dump(bill_of(Path(sys.argv[1]).read_text(encoding="utf-8")), sys.stdout, indent=2)
