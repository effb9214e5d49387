"""Tools that the service runs for a model: two of its own, and those of MCP servers that the operator configured."""
