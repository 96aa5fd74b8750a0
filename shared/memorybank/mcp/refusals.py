"""Requests that an MCP server refuses, in words that name what was wrong and what would be right."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from mcp import MCPError
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.types import INTERNAL_ERROR, INVALID_PARAMS, METHOD_NOT_FOUND, CallToolResult, InputRequiredResult
from pydantic import AnyUrl, ValidationError

from memorybank.errors import Violation
from memorybank.resources.violations import plain_violations_of

_SHOWN = 60
_MOST = 5
_log = logging.getLogger(__name__)


class PlainServer(MCPServer[Any]):
    """A server whose refusals of a call do not have the text of the libraries that found what was wrong."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool."""
        tools = {tool.name: tool for tool in await self.list_tools()}
        if name not in tools:
            raise ToolError(f"There is no tool {_cut(name)}{_meant(name, tools)}")
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            crashed = isinstance(error, UnexpectedToolError)  # whose cause may be an answer that is not valid
            if crashed or not isinstance(error.__cause__, ValidationError):
                raise
            known = tools[name].input_schema.get("properties", {})
            violations = plain_violations_of(error.__cause__)
            raise ToolError(f"{name}: {_told([*violations, *_unknown(arguments, known)])}.") from error

    async def read_resource(
        self, uri: AnyUrl | str, context: Context[Any, Any] | None = None
    ) -> Iterable[ReadResourceContents] | InputRequiredResult:
        """Read a resource."""
        known = [str(each.uri) for each in await self.list_resources()]
        if str(uri) not in known:
            right = f"There is no resource {_cut(str(uri))}: there are {', '.join(known)}."
            raise MCPError(INVALID_PARAMS, right, data={"uri": str(uri)})
        return await super().read_resource(uri, context)


async def explain(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
    """Answer a request, and say in plain words what is wrong with one that is refused: a middleware."""
    if ctx.method == "prompts/get":
        raise MCPError(INVALID_PARAMS, "This server has no prompts: it has tools and resources.")
    try:
        return await call_next(ctx)
    except ValidationError as error:
        raise MCPError(INVALID_PARAMS, f"{_cut(ctx.method)}: {_told(plain_violations_of(error))}.") from error
    except MCPError as error:
        if error.error.code == METHOD_NOT_FOUND and error.error.data == ctx.method:
            right = f"This server has no method {_cut(ctx.method)}."
            raise MCPError(METHOD_NOT_FOUND, right, data=ctx.method) from error
        raise
    except Exception as error:
        _log.exception("a request of MCP crashed", extra={"method": _cut(ctx.method)})
        raise MCPError(INTERNAL_ERROR, "An internal error occurred.") from error


def _unknown(arguments: Mapping[str, Any], known: Mapping[str, Any]) -> list[Violation]:
    """Name the arguments that a tool does not have, which alone are no reason to refuse: some clients add their own."""
    takes = ", ".join(known)
    return [Violation(_cut(name), f"is not an argument: it takes {takes}") for name in arguments if name not in known]


def _told(violations: Sequence[Violation]) -> str:
    more = f"; and {len(violations) - _MOST} more" if len(violations) > _MOST else ""
    return "; ".join(f"{each.field} {each.description}" for each in violations[:_MOST]) + more


def _meant(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name[:_SHOWN], known, n=1)
    return f": do you mean {near[0]}?" if near else f": there are {', '.join(known)}."


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
