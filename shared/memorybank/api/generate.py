"""The function that takes generations in: `memories:generate`."""

from __future__ import annotations

from typing import Any

from memorybank.aip.entry import Call
from memorybank.api.arguments import Service, answer_operation, engine_name
from memorybank.bank import generate
from memorybank.resources.generation import GenerateMemoriesRequest
from memorybank.resources.wire import parse


def generate_memories(service: Service, call: Call) -> dict[str, Any]:
    """Take a generation in and answer its operation."""
    engine = engine_name(service, call)
    request = parse(GenerateMemoriesRequest, call.body)
    service.rights.require_scope(engine, request.scope, write=True)
    operation = generate.accept(service.ports, engine, request)
    return answer_operation(service, engine, call, operation)
