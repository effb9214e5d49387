"""What a tool of an MCP server says, as the text that a model is told."""

import json
from typing import TYPE_CHECKING, Any, Final

from chat_service.providers.port import OfferedTool
from chat_service.tools.port import sayable

if TYPE_CHECKING:
    from mcp_types import CallToolResult, ContentBlock
    from mcp_types import Tool as ListedTool

MAX_SCHEMA_BYTES: Final = 32_768
# More than this is refused by the protocol's first speaker.
MAX_DESCRIPTION_CHARS: Final = 1_024


def as_text(result: "CallToolResult") -> str:
    """Return what was said: its texts, or the structured result where there is no text."""
    texts = [_text_of(block) for block in result.content]
    if not texts and result.structured_content is not None:
        return json.dumps(result.structured_content, ensure_ascii=False)
    return "\n".join(texts)


def _text_of(block: "ContentBlock") -> str:
    match block.type:
        case "text":
            return block.text
        case "image" | "audio":
            return f"[{block.type} of type {block.mime_type} left out]"
        case "resource_link":
            return f"[link to {block.uri}]"
        case "resource":
            return str(getattr(block.resource, "text", f"[resource {block.resource.uri} left out]"))


def offered_as(name: str, tool: "ListedTool") -> OfferedTool | None:
    """Return a listed tool as it is offered to models; None when its schema is no use to them."""
    schema: dict[str, Any] = {"properties": {}, **tool.input_schema}
    try:
        size_bytes = len(json.dumps(schema, allow_nan=False).encode())
    except (ValueError, TypeError, RecursionError):
        return None
    if schema.get("type") != "object" or not isinstance(schema["properties"], dict) or size_bytes > MAX_SCHEMA_BYTES:
        return None
    description = sayable(tool.description or tool.title or "")
    return OfferedTool(name=name, description=description[:MAX_DESCRIPTION_CHARS], parameters=schema)
