"""Google's Firestore emulator for tests: found on this machine, started on a free port, stopped again.

    with FirestoreEmulator() as emulator:
        os.environ[HOST_VARIABLE] = emulator.host

It keeps everything in memory, and projects of different names never see each other: give each test its own.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

from memorybank.errors import FailedPrecondition, Unavailable

HOST_VARIABLE = "FIRESTORE_EMULATOR_HOST"
"""The variable from which Google's clients, and this store, take the emulator's address."""

HOW_TO_GET_IT = (
    "the Firestore emulator needs Java 17 and `gcloud components install cloud-firestore-emulator` "
    "(or `apt-get install google-cloud-cli-firestore-emulator`)"
)
"""The message if the emulator is not installed."""

_JAR = "platform/cloud-firestore-emulator/cloud-firestore-emulator.jar"
_MAIN = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
_ROOTS = ("/usr/lib/google-cloud-sdk", "/usr/share/google-cloud-sdk", "/opt/google-cloud-sdk", "~/google-cloud-sdk")
_START_SECONDS = 300.0
_JVM = ("-Duser.language=en", "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""It runs for minutes, so optimizing its code costs more than it saves: half of its CPU time, in our own tests."""

_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.05
_PORTS = 3
"""How many ports are tried: another program may take one before the emulator does."""


class FirestoreEmulator:
    """An emulator that runs inside a `with` block, reachable at `host`, such as `127.0.0.1:8080`.

    Raises `FailedPrecondition` if it is not installed, and `Unavailable` if it does not start.
    """

    def __init__(self) -> None:
        self.host = f"127.0.0.1:{_free_port()}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        for _ in range(_PORTS - 1):
            try:
                return self._start()
            except Unavailable:
                self.host = f"127.0.0.1:{_free_port()}"
        return self._start()

    @property
    def pid(self) -> int:
        """The id of its process, which leads a process group."""
        if self._process is None:
            raise FailedPrecondition("the Firestore emulator has not been started")
        return self._process.pid

    def _start(self) -> Self:
        address, _, port = self.host.partition(":")
        # Without the wrapper script there is a single process, which ends on a signal.
        command = [_java(), *_JVM, "-cp", str(_jar()), _MAIN]
        self._process = subprocess.Popen(  # noqa: S603 - a fixed program with fixed arguments
            [*command, "start", f"--host={address}", f"--port={port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the tests, which then stop it
        )
        try:
            self._wait(self._process)
        except BaseException:
            self._stop(self._process)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._stop(self._process)

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if process.poll() is not None:
                raise Unavailable("the Firestore emulator did not start")
            if time.monotonic() > deadline:
                raise Unavailable(f"the Firestore emulator did not start within {_START_SECONDS:.0f} s")
            time.sleep(_POLL_SECONDS)

    def _answers(self) -> bool:
        try:
            with urlopen(f"http://{self.host}/", timeout=10) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def _stop(self, process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _java() -> str:
    java = shutil.which("java")
    if java is None:
        raise FailedPrecondition(HOW_TO_GET_IT)
    return java


def _jar() -> Path:
    for root in _ROOTS:
        jar = Path(root).expanduser() / _JAR
        if jar.exists():
            return jar
    gcloud = shutil.which("gcloud")
    if gcloud is not None:  # slow, so that it is asked last
        command = [gcloud, "info", "--format=value(installation.sdk_root)"]
        asked = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a fixed command
        jar = Path(asked.stdout.strip()) / _JAR
        if asked.returncode == 0 and jar.exists():
            return jar
    raise FailedPrecondition(HOW_TO_GET_IT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
