"""The Firestore adapter does without Google's client, but sends what that would send and leaves it to others whole."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import grpc
import pytest
from google.cloud import firestore

from memorybank.ports.documents import Put, Query
from memorybank.storage.firestore import FirestoreStore
from tests.unit.firestore_server import EmptyFirestore, certificate, metadata_server

ROUTING = ("x-goog-request-params", "google-cloud-resource-prefix", "authorization")


def run(program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a process whose environment has nothing of Google's but what is given."""
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith(("GOOGLE_", "FIRESTORE_", "GCE_"))
    }
    command = [sys.executable, "-W", "error", "-c", program, *arguments]
    own = {"PYTHONPATH": "shared", **environment}
    return subprocess.run(command, env=plain | own, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("database", ["(default)", "bank-2"])
def test_calls_are_routed_and_permitted_as_those_of_googles_client(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmptyFirestore() as server:
        monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", server.address)
        with closing(FirestoreStore("p", database=database)) as store:
            assert store.get("engines/a b:ü/memories/m") is None
            assert store.query(Query("engines/a b:ü/memories")) == []
            assert store.count(Query("engines")) == 0
            assert len(store.commit([Put("engines/e", {})])) == 1
        ours = [(method, {name: sent.get(name) for name in ROUTING}) for method, sent in server.seen]
        server.seen.clear()
        with closing(firestore.Client(project="p", database=database)) as client:
            list(client.get_all([client.document("engines/a b:ü/memories/m")]))
            client.collection("engines/a b:ü/memories").get()
            client.collection("engines").count().get()
            client.document("engines/e").set({})
        assert ours == [(method, {name: sent.get(name) for name in ROUTING}) for method, sent in server.seen]
    assert all(None not in sent.values() for _, sent in ours)


_READ_TWICE = """
import sys
from contextlib import closing
from functools import partial
from memorybank.errors import Unavailable
from memorybank.storage.firestore import FirestoreStore, connect
with closing(FirestoreStore("p", connect=partial(connect, sys.argv[1]), retry_seconds=0)) as store:
    try:
        print(store.get("engines/e"), store.get("engines/e"))
    except Unavailable as error:
        print("unavailable:", error)
"""


def test_outside_the_emulator_calls_go_over_tls_with_a_token_that_is_renewed(tmp_path: Path) -> None:
    key, pem = certificate()
    (tmp_path / "roots.pem").write_bytes(pem)
    with EmptyFirestore(grpc.ssl_server_credentials([(key, pem)])) as server, metadata_server([1, 3600]) as host:
        google = {"GCE_METADATA_HOST": host, "GCE_METADATA_IP": host, "CLOUDSDK_CONFIG": str(tmp_path)}
        billed = {"GOOGLE_CLOUD_QUOTA_PROJECT": "billed"}
        trusting = {"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(tmp_path / "roots.pem")}
        done = run(_READ_TWICE, server.address, **google, **billed, **trusting)
        assert (done.stdout, done.stderr) == ("None None\n", "")
        sent = [(metadata["authorization"], metadata["x-goog-user-project"]) for _, metadata in server.seen]
        assert sent == [("Bearer token-0", "billed"), ("Bearer token-1", "billed")]
        server.seen.clear()
        assert run(_READ_TWICE, server.address, **google).stdout.startswith("unavailable:")
        assert not server.seen  # nobody vouches for the server: it is told nothing, least of all a token


_ALONE = """
import sys
import memorybank.storage.firestore
assert {"google.cloud.firestore_v1", "google.api_core", "google.auth", "requests"}.isdisjoint(sys.modules)
"""
_BESIDE = """
import sys
import google.cloud.firestore_v1
import memorybank.storage.firestore
assert sys.modules["google.cloud.firestore_v1"] is google.cloud.firestore_v1
"""
_DRIFTED = """
import sys
class Drifted:
    def find_spec(self, name, path=None, target=None):
        if name == "google.cloud.firestore_v1.types.query":
            from google.cloud.firestore_v1 import __version__
sys.meta_path.insert(0, Drifted())
import memorybank.storage.firestore
assert "google.cloud.firestore_v1.client" in sys.modules
"""
"""As if messages needed what only their package's own code gives."""

_ALL_IS_THERE = """
from google.cloud import firestore
import google.cloud
import google.cloud.firestore_v1
from google.auth.credentials import AnonymousCredentials
from google.cloud.firestore_v1 import types
from google.cloud.firestore_v1.services.firestore import FirestoreClient
from memorybank.storage.firestore import messages
assert google.cloud.firestore_v1.Client is firestore.Client
assert google.cloud.firestore_v1.types is types is sys.modules["google.cloud.firestore_v1.types"]
assert types.Value.pb() is messages.Value
assert firestore.Client(project="p", credentials=AnonymousCredentials()).collection("c").document("d").path == "c/d"
"""


@pytest.mark.parametrize("before", [_ALONE, _BESIDE, _DRIFTED], ids=["before it", "after it", "where messages need it"])
def test_googles_client_is_whole_for_whoever_imports_it(before: str) -> None:
    done = run(before + _ALL_IS_THERE)
    assert done.returncode == 0, done.stderr
