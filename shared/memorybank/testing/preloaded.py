"""What forked programs have imported already; whatever is missing here, or not installed, they import themselves."""

from contextlib import suppress
from importlib import import_module

for _name in (
    "memorybank.bootstrap",
    "memorybank.commands.serve",
    "memorybank.storage.sqlite",
    "memorybank.testing.cloud_tasks.tokens",
    "functions_framework",
    "functions_framework._http.gunicorn",
    "memorybank.storage.firestore",
    "memorybank.tasks.cloud_tasks",
    "memorybank.models.gemini",
    "google.genai",
):
    with suppress(ImportError):
        import_module(_name)
