"""The command `memorybank`."""

from __future__ import annotations

import argparse
import importlib.util
import os
import signal
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from memorybank.config import Settings, read_client_settings, read_settings
from memorybank.errors import InvalidArgument, MemoryBankError, Violation
from memorybank.local.browser_guard import is_loopback
from memorybank.logs import set_up

_SNIPPET = """\
    import google.oauth2.credentials, vertexai
    client = vertexai.Client(project="{project}", location="{location}", http_options={{"base_url": "{url}"}},
                             credentials=google.oauth2.credentials.Credentials(token="any"))
    engine = client.agent_engines.create(config={{"context_spec": {{"memory_bank_config": {{}}}}}}).api_resource.name
    client.agent_engines.memories.create(name=engine, fact="I like tea", scope={{"user_id": "1"}})
"""


_MODELS = {
    "offline": "Its offline model is rule-based and lexical: good for tests and first steps, not for quality.",
    "developer": "Its models are Gemini's, by an API key: what is said is sent there, and billed.",
    "vertex": "Its models are Gemini's on Vertex AI: what is said is sent there, and billed.",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; without `arguments`, those of the process."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    try:
        return int(asked.run(asked))
    except MemoryBankError as error:
        print(f"memorybank: {error.message}", file=sys.stderr)  # noqa: T201 - what a command says
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="memorybank", description="Open Memory Bank: memory for LLM agents.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve the bank on this machine, from one SQLite file")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    serve.add_argument("--port", type=_port, default=8080, help="port to listen on; 0 takes a free one (%(default)s)")
    serve.add_argument("--data", metavar="PATH", help="SQLite file, or :memory: (MEMORYBANK_DATA, else memorybank.db)")
    serve.set_defaults(run=_serve)
    demo = commands.add_parser("demo", help="watch the bank at work through Google's own SDK, on a temporary database")
    demo.set_defaults(run=_demo)
    doctor = commands.add_parser("doctor", help="examine a deployment from outside and say what to mend")
    doctor.add_argument("--url", type=_url, required=True, help="base URL of the bank")
    doctor.add_argument("--project", default="local", help="project that names are given in (%(default)s)")
    doctor.add_argument("--location", default="us-central1", help="location that names are given in (%(default)s)")
    doctor.add_argument("--token", help="ID token to send; without it the environment is asked for one")
    doctor.set_defaults(run=_doctor)
    judge = commands.add_parser("eval", help="judge what the model remembers by conversations with a known outcome")
    judge.add_argument("groups", nargs="*", metavar="GROUP", help="groups of cases (all)")
    judge.add_argument("--cases", type=Path, default=Path("tests/data/eval"), help="folder of cases (%(default)s)")
    judge.add_argument("--verbose", action="store_true", help="tell every mistake")
    judge.set_defaults(run=_eval)
    erase = commands.add_parser("erase", help="erase all that a bank knows of a scope: the right to be forgotten")
    erase.add_argument("--scope", type=_pair, action="append", required=True, metavar="KEY=VALUE", help="repeat it")
    erase.add_argument("--sessions", action="store_true", help="erase the user's sessions, too")
    erase.add_argument("--url", help="base URL of the bank (else MEMORYBANK_URL)")
    erase.add_argument("--engine", help="name or id of the engine (else MEMORYBANK_ENGINE)")
    erase.add_argument("--token", help="ID token to send, if the bank asks for one")
    erase.add_argument("--yes", action="store_true", help="do not ask whether that is meant")
    erase.set_defaults(run=_erase)
    return parser


def _port(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() else -1
    if not 0 <= number < 2**16:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number from 0 to 65535")
    return number


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise argparse.ArgumentTypeError(f"{text!r} is not a base URL: give one such as https://memory.example.com")
    return text.rstrip("/")


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals and value):
        raise argparse.ArgumentTypeError(f"{text!r} is no part of a scope: give one such as user_id=ada")
    return key, value


def _serve(asked: argparse.Namespace) -> int:
    _need("local", "waitress", "numpy")
    given = {} if asked.data is None else {"data": asked.data}
    settings = read_settings(os.environ, **given)
    set_up(settings.log_level)
    # Read when numpy is imported. Searches run side by side; were each to split its work too, they would be in each
    # other's way (measured on 2 cores, 8 at once: a tenth of the throughput).
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from memorybank.access.access import access_of  # noqa: PLC0415 - --help need not wait for it

    access = access_of(settings, local=True, loopback=is_loopback(asked.host))
    from memorybank.local.bank import Bank, embedded_adapters  # noqa: PLC0415 - as above
    from memorybank.local.server import LocalServer  # noqa: PLC0415 - as above

    bank = Bank(settings, embedded_adapters(settings), access=access)
    try:
        server = LocalServer(bank, host=asked.host, port=asked.port)
    except OSError as error:
        bank.adapters.store.close()
        why = error.strerror or error
        _say(f"memorybank: cannot listen on {asked.host}:{asked.port}: {why}; choose another with --host or --port")
        return 1
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        _say(_greeting(settings, server.url))
        if settings.store == "sqlite" and (engines := bank.embed_anew()):
            _say(
                f"Memories of {engines} engine(s) have vectors of another embedding model: they are embedded anew now."
            )
        server.run()
    except KeyboardInterrupt:
        _say("Stopped. What was still waiting is finished after the next start.")
    return 0


def _greeting(settings: Settings, url: str) -> str:
    kept = "in memory only" if settings.data == ":memory:" else f"in {os.path.abspath(settings.data)}"  # noqa: PTH100 - shown only
    snippet = _SNIPPET.format(project=settings.project, location=settings.location, url=url)
    return (
        f"Open Memory Bank is serving at {url} (data {kept}; SQLite {sqlite3.sqlite_version}).\n"
        f"{_MODELS[settings.provider]}\n\n"
        f"Paste this into Python (pip install google-cloud-aiplatform):\n\n{snippet}\nCtrl-C stops it."
    )


def _demo(asked: argparse.Namespace) -> int:
    del asked
    _need("local", "waitress", "numpy")
    _need("sdk", "vertexai")
    from memorybank.commands.demo import run  # noqa: PLC0415 - imports Google's SDK, which takes seconds

    return run(_say)


def _doctor(asked: argparse.Namespace) -> int:
    _need("sdk", "vertexai")
    from memorybank.commands.doctor import Deployment, Examination  # noqa: PLC0415 - imports Google's SDK, which takes seconds

    return Examination(Deployment(asked.url, asked.project, asked.location, token=asked.token), _say).run()


def _erase(asked: argparse.Namespace) -> int:
    settings = read_client_settings(os.environ, url=asked.url, engine=asked.engine)
    scope = dict(asked.scope)
    if len(scope) < len(asked.scope):
        raise InvalidArgument.of(Violation("--scope", "names a key twice"))
    from memorybank.commands.erase import Erasing  # noqa: PLC0415 - --help need not wait for it

    erasing = Erasing(settings.url.rstrip("/"), settings.engine_name, scope, sessions=asked.sessions, token=asked.token)
    return erasing.run(_say, confirmed=lambda question: asked.yes or _agrees(question))


def _agrees(question: str) -> bool:
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:  # nobody is there to be asked
        return False


def _eval(asked: argparse.Namespace) -> int:
    _need("local", "numpy")
    from memorybank.commands.evaluate import run  # noqa: PLC0415 - --help need not wait for it

    settings = read_settings(os.environ, store="sqlite", data=":memory:", queue="in-process")
    set_up(settings.log_level)
    return run(settings, asked.cases, asked.groups, say=_say, verbose=asked.verbose)


def _need(extra: str, *modules: str) -> None:
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        _say(f"memorybank: {', '.join(missing)} is not installed: pip install 'open-memory-bank[{extra}]'")
        raise SystemExit(1)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - what a command says
