"""How a call is said in Claude's Messages API: messages of two roles made of blocks, and what goes beside them."""

import re
from base64 import b64encode
from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

from chat_service.providers.port import (
    ContextMessage,
    Image,
    ModelCall,
    OfferedTool,
    Parameters,
    ReasoningEffort,
    ToolCall,
)
from service_kit.json_body import decode_json

Block = dict[str, Any]

# The protocol wants a limit in every call; this one is within what every model takes that still answers.
MAX_OUTPUT_TOKENS = 16_384
# The room for thinking. The older models take it as their budget; it lies within the limit of the whole output.
THINKING_TOKENS: Final[dict[ReasoningEffort, int]] = {"minimal": 1_024, "low": 2_048, "medium": 6_144, "high": 12_288}
MIN_THINKING_TOKENS = 1_024
EFFORTS: Final[dict[ReasoningEffort, str]] = {"minimal": "low", "low": "low", "medium": "medium", "high": "high"}
# Models before this version take a budget for thinking; those from it on decide themselves, and are told an effort.
FIRST_ADAPTIVE = (4, 6)
VERSION = re.compile(r"claude-(?:[a-z]+-)?(\d+)(?:[-.](\d{1,2})(?!\d))?")
# The version of 2026-10-21, which the SDK speaks, refuses these whatever their value; the one before it still takes
# them for the models that do.
SAMPLING: Final = frozenset({"temperature", "top_p"})
VERSION_WITH_SAMPLING = "2023-06-01"
NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9_-]")
# The protocol wants a person's word first, and last; newer models refuse to go on with words put into their mouth.
EARLIER = "(The conversation began earlier.)"
GO_ON = "Go on exactly where you stopped, without repeating anything."


def wire_messages(messages: Iterable[ContextMessage]) -> list[Block]:
    """Return the messages of people, models and tools; neighbours of one role become one message."""
    told = [(_role(message), _blocks(message)) for message in messages if message.role != "system"]
    wire: list[Block] = []
    for role, neighbours in groupby((pair for pair in told if pair[1]), key=lambda pair: pair[0]):
        wire.append({"role": role, "content": _in_order(block for _, blocks in neighbours for block in blocks)})
    if wire and wire[0]["role"] == "assistant":
        wire.insert(0, {"role": "user", "content": [_text(EARLIER)]})
    if wire and wire[-1]["role"] == "assistant":
        wire.append({"role": "user", "content": [_text(GO_ON)]})
    return wire


def max_tokens(call: ModelCall) -> int:
    """Return the limit of the whole output, thinking included."""
    asked = call.parameters.max_output_tokens
    return asked if asked is not None else MAX_OUTPUT_TOKENS + _room_to_think(call)


def wire_options(call: ModelCall) -> Block:
    """Return everything else that is asked for; the SDK has no arguments for some of it, as new models take none."""
    options: Block = {}
    system = "\n\n".join(message.content for message in call.messages if message.role == "system" and message.content)
    if system.strip():
        options["system"] = system
    options.update(_tools(call))
    stops = [stop for stop in call.parameters.stop if stop.strip()]
    if stops:
        options["stop_sequences"] = stops
    thinking = _thinking(call)
    return {**options, **thinking, **({} if "thinking" in thinking else _sampling(call.parameters))}


def wire_headers(options: Block) -> dict[str, str]:
    """Return the headers that these options need."""
    return {"anthropic-version": VERSION_WITH_SAMPLING} if SAMPLING & options.keys() else {}


def takes_a_budget(model: str) -> bool:
    """Whether a model is of the generations that are told how many tokens they may think."""
    version = VERSION.search(model)
    return version is not None and (int(version[1]), int(version[2] or 0)) < FIRST_ADAPTIVE


def _sampling(parameters: Parameters) -> Block:
    """Return the temperature, or else top_p: models since Claude 4.1 refuse both together."""
    if parameters.temperature is not None:
        return {"temperature": parameters.temperature}
    return {} if parameters.top_p is None else {"top_p": parameters.top_p}


def _thinking(call: ModelCall) -> Block:
    effort = call.parameters.reasoning_effort
    if effort is None:
        return {}
    if takes_a_budget(call.model):
        budget = min(_room_to_think(call), max_tokens(call) // 2)
        if budget < MIN_THINKING_TOKENS:
            return {}
        return {"thinking": {"type": "enabled", "budget_tokens": budget}}
    told: Block = {"output_config": {"effort": EFFORTS[effort]}}
    if _may_think(call):
        told["thinking"] = {"type": "adaptive", "display": "summarized"}
    return told


def _room_to_think(call: ModelCall) -> int:
    effort = call.parameters.reasoning_effort
    return THINKING_TOKENS[effort] if effort is not None and _may_think(call) else 0


def _may_think(call: ModelCall) -> bool:
    """Whether thinking may be asked for; a round with tools would be sent back with its thoughts, which we forget."""
    return not call.tools and not any(message.role == "tool" for message in call.messages)


def _tools(call: ModelCall) -> Block:
    if call.tools:
        return {"tools": [_tool(tool) for tool in call.tools]}
    # A conversation that has called tools is refused without any; those it has called are named, and not to be called.
    called = dict.fromkeys(tool_call.name for message in call.messages for tool_call in message.tool_calls)
    if not called:
        return {}
    stand_ins = [_tool(OfferedTool(name, "Not offered any more.", {"type": "object"})) for name in called]
    return {"tools": stand_ins, "tool_choice": {"type": "none"}}


def _tool(tool: OfferedTool) -> Block:
    return {"name": tool.name, "description": tool.description, "input_schema": tool.parameters}


def _role(message: ContextMessage) -> str:
    return "assistant" if message.role == "assistant" else "user"


def _blocks(message: ContextMessage) -> list[Block]:
    if message.role == "tool":
        return [_tool_result(message)]
    calls = [_tool_use(call) for call in message.tool_calls]
    return [*map(_image, message.images), *_texts(message.content), *calls]


def _texts(content: str) -> list[Block]:
    # A block without text is refused, and so is the whole call.
    return [_text(content)] if content.strip() else []


def _text(content: str) -> Block:
    return {"type": "text", "text": content}


def _image(image: Image) -> Block:
    source = {"type": "base64", "media_type": image.media_type, "data": b64encode(image.data).decode()}
    return {"type": "image", "source": source}


def _tool_use(call: ToolCall) -> Block:
    return {"type": "tool_use", "id": _id(call.id), "name": call.name, "input": _input(call.arguments)}


def _input(arguments: str) -> Block:
    """Return the arguments as an object; what is none is shown to the model as it wrote it, so that it can mend it."""
    try:
        value = decode_json(arguments or "{}")
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {"INVALID_JSON": arguments}


def _tool_result(message: ContextMessage) -> Block:
    content = [*_texts(message.content), *map(_image, message.images)]
    result: Block = {"type": "tool_result", "tool_use_id": _id(message.tool_call_id or "")}
    return {**result, "content": content} if content else result


def _id(call_id: str) -> str:
    """Return an id as this protocol takes it; the call may have been made by another provider's model."""
    return NOT_IN_AN_ID.sub("_", call_id) or "_"


def _in_order(blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks of one message, results of tools first, as the protocol wants them."""
    return sorted(blocks, key=lambda block: block["type"] != "tool_result")
