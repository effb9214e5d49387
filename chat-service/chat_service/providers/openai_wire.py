"""What is asked of a server that speaks the OpenAI protocol: one call as the JSON values of its body."""

from base64 import b64encode
from typing import Any

from chat_service.providers.kinds import KINDS, Kind
from chat_service.providers.port import ContextMessage, Image, ModelCall, OfferedTool, Parameters, ToolCall
from service_kit.json_body import decode_json

# Under these names the protocol takes them as they are.
SAME_NAMES = ("temperature", "top_p", "presence_penalty", "frequency_penalty", "reasoning_effort")


def body_of(call: ModelCall, *, kind: Kind) -> dict[str, Any]:
    """Return the body of a call, with nothing in it that was not asked for."""
    body: dict[str, Any] = {"model": call.model, "messages": [_message(message, kind) for message in call.messages]}
    if call.parameters != Parameters():
        body.update(_parameters(call.parameters, kind))
    if call.tools:
        body["tools"] = [_tool(tool) for tool in call.tools]
    return body


def _parameters(parameters: Parameters, kind: Kind) -> dict[str, Any]:
    values = {name: getattr(parameters, name) for name in SAME_NAMES}
    values[KINDS[kind].output_limit] = parameters.max_output_tokens
    values["stop"] = list(parameters.stop) or None
    return {name: value for name, value in values.items() if value is not None}


def _message(message: ContextMessage, kind: Kind) -> dict[str, Any]:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.tool_call_id or "", "content": message.content}
    if message.images:
        return {"role": message.role, "content": _parts(message)}
    if message.tool_calls:
        calls = [_tool_call(call, kind) for call in message.tool_calls]
        return {"role": message.role, "content": message.content or None, "tool_calls": calls}
    return {"role": message.role, "content": message.content}


def _parts(message: ContextMessage) -> list[dict[str, Any]]:
    text = [{"type": "text", "text": message.content}] if message.content else []
    return [*text, *({"type": "image_url", "image_url": {"url": _data_url(image)}} for image in message.images)]


def _data_url(image: Image) -> str:
    return f"data:{image.media_type};base64,{b64encode(image.data).decode()}"


def _tool_call(call: ToolCall, kind: Kind) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments}
    told: dict[str, Any] = {"id": call.id, "type": "function", "function": function}
    if call.signature and KINDS[kind].takes_signatures:
        told["extra_content"] = decode_json(call.signature)
    return told


def _tool(tool: OfferedTool) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}
