"""A server of the Model Context Protocol: the memories of one scope as tools and resources.

`server.py` describes them with the official package `mcp`, which comes with an extra and takes seconds to import.
`http.py` answers MCP requests of the local server, `in_process.py` calls a bank in this process as if over HTTP.
"""
