"""What stands in for Firestore and the metadata server where it only matters what they are sent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from memorybank.storage.firestore import messages

_ANSWERS: dict[str, Any] = {
    "BatchGetDocuments": None,
    "RunQuery": None,
    "RunAggregationQuery": messages.RunAggregationQueryResponse(),
    "Commit": messages.CommitResponse(write_results=[{}]),
}


class EmptyFirestore:
    """Finds nothing and takes every commit, at `address`; `seen` holds the method and metadata of each call."""

    def __init__(self, credentials: grpc.ServerCredentials | None = None) -> None:
        self.seen: list[tuple[str, dict[str, str]]] = []
        self._pool = ThreadPoolExecutor(4)
        self._server = grpc.server(self._pool, options=[("grpc.so_reuseport", 0)])
        handlers = {name: self._handler(name, answer) for name, answer in _ANSWERS.items()}
        service = grpc.method_handlers_generic_handler("google.firestore.v1.Firestore", handlers)
        self._server.add_generic_rpc_handlers((service,))
        if credentials is None:
            port = self._server.add_insecure_port("127.0.0.1:0")
        else:
            port = self._server.add_secure_port("127.0.0.1:0", credentials)
        self.address = f"localhost:{port}"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.stop(None).wait()
        self._pool.shutdown()

    def _handler(self, name: str, answer: Any) -> Any:
        def answers(_: bytes, context: Any) -> Iterator[bytes]:
            self.seen.append((name, dict(context.invocation_metadata())))
            if answer is not None:
                yield answer.SerializeToString()

        if name == "Commit":
            return grpc.unary_unary_rpc_method_handler(lambda *call: next(answers(*call)))
        return grpc.unary_stream_rpc_method_handler(answers)


def certificate() -> tuple[bytes, bytes]:
    """Return the key and the certificate of `localhost`, which vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private, signed.public_bytes(encoding)


@contextmanager
def metadata_server(lives: Sequence[float]) -> Iterator[str]:
    """Serve access tokens of Firestore's scope, which live for so many seconds each; yield host:port.

    They are `token-0`, `token-1` and so on.
    """
    left = list(enumerate(lives))

    class Asked(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer: Any = {"email": "bank@p.iam.gserviceaccount.com"}
            path, _, query = self.path.partition("?")
            if path.endswith("/token") and "auth%2Fdatastore" in query:
                number, life = left.pop(0)
                answer = {"access_token": f"token-{number}", "expires_in": life, "token_type": "Bearer"}
            elif path.endswith("/project-id"):
                answer = "p"
            self.send_response(200)
            self.send_header("Metadata-Flavor", "Google")
            self.send_header("Content-Type", "text/plain" if isinstance(answer, str) else "application/json")
            self.end_headers()
            self.wfile.write((answer if isinstance(answer, str) else json.dumps(answer)).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Asked) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
