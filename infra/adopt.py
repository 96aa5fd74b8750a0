"""Write Terraform's import blocks for a restored database and its indexes, which a backup brings with it.

Run: gcloud firestore indexes composite list --database DATABASE --format json | python infra/adopt.py > infra/adopt.tf
Without them Terraform would make each index again and be answered 409. Field settings are no problem: making one only
changes the field that is there. An index that firestore_indexes.yaml does not list is left out, and named on standard
error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

LIST = Path(__file__).with_name("firestore_indexes.yaml")


def address_of(index: Mapping[str, Any]) -> str:
    """Return the address that firestore.tf gives to an index as Firestore's API describes it."""
    collection = index["name"].split("/collectionGroups/")[1].partition("/")[0]
    fields = [field for field in index["fields"] if field["fieldPath"] != "__name__"]
    if "vectorConfig" in fields[-1]:
        return f'google_firestore_index.vector["{collection}-{fields[-1]["fieldPath"]}"]'
    parts = [f"{field['fieldPath']}-{field.get('order', 'CONTAINS').lower()}" for field in fields]
    return f'google_firestore_index.composite["{"-".join([collection, *parts])}"]'


def declared() -> set[str]:
    """Return the addresses of the indexes that firestore_indexes.yaml lists."""
    found = yaml.safe_load(LIST.read_text())
    composite = {
        "-".join([each["collection"], *(f"{at['field']}-{at['order'].lower()}" for at in each["fields"])])
        for each in found["composite"]
    }
    vector = {f"{each['collection']}-{each['field']}" for each in found["vector"]}
    return {f'google_firestore_index.composite["{key}"]' for key in composite} | {
        f'google_firestore_index.vector["{key}"]' for key in vector
    }


def imports(indexes: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield the address and the id of the database and of each index that Terraform makes."""
    if not indexes:
        raise SystemExit("adopt: no indexes: give what gcloud firestore indexes composite list prints")
    yield "google_firestore_database.this", indexes[0]["name"].partition("/collectionGroups/")[0]
    known = declared()
    for index in indexes:
        address = address_of(index)
        if address in known:
            yield address, index["name"]
        else:
            sys.stderr.write(f"adopt: left out, for it is not in {LIST.name}: {address} {index['name']}\n")


def main() -> None:
    """Read the list of indexes from standard input and write the blocks to standard output."""
    for address, identifier in imports(json.load(sys.stdin)):
        sys.stdout.write(f'import {{\n  to = {address}\n  id = "{identifier}"\n}}\n\n')


if __name__ == "__main__":
    main()
