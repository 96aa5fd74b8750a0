"""The doubles for containers, started as compose.yaml starts them."""

from __future__ import annotations

import subprocess
import sys
from http.client import HTTPConnection
from urllib.parse import quote

from memorybank.access.tokens import unverified_claims
from memorybank.testing.cloud_tasks.server import client_for
from memorybank.testing.deployment import QUEUE, ROUTER_ACCOUNT
from memorybank.testing.processes import free_ports, start_process, stop_process
from tests.waiting import PATIENCE

_IDENTITY = "/computeMetadata/v1/instance/service-accounts/default/identity"


def test_they_serve_the_queue_and_tokens_and_print_one_for_the_router() -> None:
    tasks_port, metadata_port, nobody = free_ports(3)
    command = [sys.executable, "-m", "memorybank.testing.doubles", "--host=127.0.0.1", f"--tasks-port={tasks_port}"]
    where = [f"--metadata-port={metadata_port}", "--router=http://r", f"--sweep=http://127.0.0.1:{nobody}"]
    with start_process([*command, *where], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("The router is at http://r. ")
        assert unverified_claims(process.stdout.readline().strip())["aud"] == "http://r"
        client = client_for(f"127.0.0.1:{tasks_port}")
        assert client.get_queue(name=QUEUE, timeout=PATIENCE).name == QUEUE
        client.transport.close()
        connection = HTTPConnection("127.0.0.1", metadata_port, timeout=PATIENCE)
        connection.request("GET", f"{_IDENTITY}?audience={quote('http://f')}", headers={"Metadata-Flavor": "Google"})
        claims = unverified_claims(connection.getresponse().read().decode())
        connection.close()
        assert (claims["email"], claims["aud"]) == (ROUTER_ACCOUNT, "http://f")
        assert stop_process(process) == 0
