"""Streams as real servers send them, each with its habits, and with what has to be heard in it."""

from __future__ import annotations

from typing import Any

from tests.chat_service.providers.streams import HELLO, STOP, Heard, choice, says, usage_chunk
from tests.doubles.openai_script import DONE, chunk, event

from chat_service.providers.port import ProviderUnavailable, ToolCall, Usage

SIGNATURE = '{"google":{"thought_signature":"c2lnbmVk"}}'


def openai_chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
    """As OpenAI sends it: with a fingerprint, a tier and padding against eavesdroppers."""
    return event(
        chunk(delta, finish=finish, service_tier="default", system_fingerprint="fp_1", obfuscation="aB3dE", **more)
    )


def tools(*fragments: dict[str, Any]) -> bytes:
    return choice(delta={"tool_calls": list(fragments)}, finish_reason=None)


def named(index: int, call_id: str, name: str, arguments: Any = "") -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {"index": index, "id": call_id, "type": "function", "function": function}


def more(index: int, arguments: str) -> dict[str, Any]:
    return {"index": index, "function": {"arguments": arguments}}


def thinks(text: str, field: str = "reasoning_content", **others: Any) -> bytes:
    return choice(delta={field: text, **others}, finish_reason=None)


AWAITS = choice(delta={}, finish_reason="tool_calls") + DONE
WEATHER = ToolCall("call_w", "weather", '{"city": "Wien"}')
TIME = ToolCall("call_t", "time", "{}")
PERPLEXITY = {"citations": ["https://a.example/1"], "search_results": [{"title": "A", "url": "https://a.example/1"}]}
AZURE_FILTERED = {"content_filter_results": {"hate": {"filtered": False, "severity": "safe"}}}

RECORDED: dict[str, tuple[bytes, Heard]] = {
    "openai with a fingerprint and padding": (
        openai_chunk({"role": "assistant", "content": "", "refusal": None})
        + openai_chunk({"content": "Hi"})
        + openai_chunk({}, "stop")
        + DONE,
        Heard("Hi", finish="stop"),
    ),
    "openai that thinks in silence": (
        openai_chunk({"role": "assistant", "content": "42"})
        + openai_chunk({}, "stop")
        + usage_chunk(
            {
                "prompt_tokens": 20,
                "completion_tokens": 200,
                "total_tokens": 220,
                "prompt_tokens_details": {"cached_tokens": 8, "audio_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 192, "accepted_prediction_tokens": 0},
            }
        )
        + DONE,
        Heard("42", Usage(20, 200, 8, 192), "stop"),
    ),
    "openai calls a tool": (
        openai_chunk({"role": "assistant", "content": None, "tool_calls": [named(0, "call_w", "weather")]})
        + tools(more(0, '{"ci'))
        + tools(more(0, 'ty": "W'))
        + tools(more(0, 'ien"}'))
        + AWAITS,
        Heard(finish="tool_calls", calls=(WEATHER,)),
    ),
    "openai calls two tools at once": (
        tools(named(0, "call_w", "weather"))
        + tools(more(0, '{"city": "Wien"}'))
        + tools(named(1, "call_t", "time"))
        + tools(more(1, "{}"))
        + AWAITS,
        Heard(finish="tool_calls", calls=(WEATHER, TIME)),
    ),
    "fragments of two calls in turns": (
        tools(named(0, "call_w", "weather"), named(1, "call_t", "time"))
        + tools(more(1, "{"), more(0, '{"city": '))
        + tools(more(0, '"Wien"}'), more(1, "}"))
        + AWAITS,
        Heard(finish="tool_calls", calls=(WEATHER, TIME)),
    ),
    "words before a tool": (
        says("Let me see. ") + tools(named(0, "call_t", "time", "{}")) + AWAITS,
        Heard("Let me see. ", finish="tool_calls", calls=(TIME,)),
    ),
    "a tool without arguments": (
        tools(named(0, "call_t", "time")) + AWAITS,
        Heard(finish="tool_calls", calls=(TIME,)),
    ),
    "openai of old with one function": (
        choice(delta={"function_call": {"name": "time", "arguments": ""}})
        + choice(delta={"function_call": {"arguments": "{}"}})
        + choice(delta={}, finish_reason="function_call")
        + DONE,
        Heard(finish="tool_calls", calls=(ToolCall("call_0", "time", "{}"),)),
    ),
    "openai refuses": (
        openai_chunk({"role": "assistant", "content": None, "refusal": "I'm "})
        + openai_chunk({"refusal": "sorry."})
        + openai_chunk({}, "stop")
        + DONE,
        Heard("I'm sorry.", finish="stop"),
    ),
    "azure filters the question and the answer": (
        event({"choices": [], "created": 0, "id": "", "model": "", "prompt_filter_results": [AZURE_FILTERED]})
        + choice(delta={"content": "Hi"}, finish_reason=None, content_filter_results={}, content_filter_offsets={})
        + choice(delta={}, finish_reason=None, **AZURE_FILTERED)
        + choice(delta={}, finish_reason="content_filter", **AZURE_FILTERED)
        + DONE,
        Heard("Hi", finish="content_filter"),
    ),
    "gemini says several words at once and tells usage with them": (
        event(
            {
                "choices": [{"delta": {"content": "Hi there", "role": "assistant"}, "index": 0}],
                "object": "chat.completion.chunk",
                "usage": {"completion_tokens": 2, "prompt_tokens": 5, "total_tokens": 7},
            }
        )
        + choice(delta={"role": "assistant"}, finish_reason="stop")
        + DONE,
        Heard("Hi there", Usage(5, 2), "stop"),
    ),
    "gemini thinks, and leaves that out of the completion": (
        says("Hi", usage=None)
        + STOP
        + usage_chunk({"completion_tokens": 198, "prompt_tokens": 20, "total_tokens": 623})
        + DONE,
        Heard("Hi", Usage(20, 603), "stop"),
    ),
    "gemini signs a tool call without an index and stops": (
        tools({**named(0, "call_w", "weather", '{"city": "Wien"}'), "extra_content": {"google": {}}}) + STOP + DONE,
        Heard(finish="tool_calls", calls=(ToolCall("call_w", "weather", '{"city": "Wien"}', '{"google":{}}'),)),
    ),
    "gemini calls two tools without any index": (
        tools(
            {
                "id": "call_w",
                "type": "function",
                "function": {"name": "weather", "arguments": '{"city": "Wien"}'},
                "extra_content": {"google": {"thought_signature": "c2lnbmVk"}},
            }
        )
        + tools({"id": "call_t", "type": "function", "function": {"name": "time", "arguments": "{}"}})
        + choice(delta={"role": "assistant"}, finish_reason="stop")
        + DONE,
        Heard(
            finish="tool_calls",
            calls=(ToolCall("call_w", "weather", '{"city": "Wien"}', SIGNATURE), TIME),
        ),
    ),
    "gemini of old with an empty id": (
        tools({"id": "", "type": "function", "function": {"name": "time", "arguments": "{}"}}) + STOP + DONE,
        Heard(finish="tool_calls", calls=(ToolCall("call_0", "time", "{}"),)),
    ),
    "a signature in a fragment of its own": (
        tools(named(0, "call_t", "time", "{}"))
        + tools({"extra_content": {"google": {"thought_signature": "c2lnbmVk"}}})
        + AWAITS,
        Heard(finish="tool_calls", calls=(ToolCall("call_t", "time", "{}", SIGNATURE),)),
    ),
    "ollama": (
        event({**chunk({"role": "assistant", "content": "Hi"}), "model": "llama3.2", "system_fingerprint": "fp_ollama"})
        + event({**chunk({"role": "assistant", "content": ""}, finish="stop"), "system_fingerprint": "fp_ollama"})
        + DONE,
        Heard("Hi", finish="stop"),
    ),
    "ollama thinks": (
        thinks("Hm, ", "reasoning", role="assistant", content="")
        + thinks("so.", "reasoning", role="assistant", content="")
        + HELLO,
        Heard("Hello", finish="stop", thought="Hm, so."),
    ),
    "ollama gives parallel calls the same index": (
        tools(named(0, "call_w", "weather", '{"city": "Wien"}'))
        + tools(named(0, "call_t", "time", "{}"))
        + choice(delta={"role": "assistant", "content": ""}, finish_reason="tool_calls")
        + DONE,
        Heard(finish="tool_calls", calls=(WEATHER, TIME)),
    ),
    "a server that decodes the arguments": (
        tools(named(0, "call_w", "weather", {"city": "Wien"})) + AWAITS,
        Heard(finish="tool_calls", calls=(ToolCall("call_w", "weather", '{"city":"Wien"}'),)),
    ),
    "a server that repeats id and name in every fragment": (
        tools(named(0, "call_w", "weather", '{"city": ')) + tools(named(0, "call_w", "weather", '"Wien"}')) + AWAITS,
        Heard(finish="tool_calls", calls=(WEATHER,)),
    ),
    "a server that gives every call the same id": (
        tools(named(0, "call_t", "time", "{}")) + tools(named(1, "call_t", "time", "{}")) + AWAITS,
        Heard(finish="tool_calls", calls=(TIME, ToolCall("call_t_1", "time", "{}"))),
    ),
    "tool calls that end without a finish reason": (
        tools(named(0, "call_t", "time", "{}")) + DONE,
        Heard(finish="tool_calls", calls=(TIME,)),
    ),
    "a tool call cut short by the limit": (
        tools(named(0, "call_w", "weather", '{"ci')) + choice(delta={}, finish_reason="length") + DONE,
        Heard(finish="length"),
    ),
    "vllm thinks, in both fields": (
        choice(delta={"reasoning_content": "Hm.", "reasoning": "Hm.", "content": None}, stop_reason=None)
        + HELLO.replace(b'"logprobs": null', b'"logprobs": null, "stop_reason": null, "token_ids": null'),
        Heard("Hello", finish="stop", thought="Hm."),
    ),
    "vllm with usage in every chunk": (
        event({"choices": [{"delta": {"content": "He"}}], "usage": {"prompt_tokens": 4, "completion_tokens": 1}})
        + HELLO,
        Heard("HeHello", Usage(4, 1), "stop"),
    ),
    "llama.cpp with timings": (
        event({**chunk({"role": "assistant", "content": None}), "timings": {"prompt_n": 1}})
        + says("Hi")
        + event({**chunk(finish="stop"), "timings": {"predicted_ms": 12.5}})
        + DONE,
        Heard("Hi", finish="stop"),
    ),
    "llama.cpp fails in the middle by name": (
        says("Hi") + b'error: {"code":500,"message":"slot unavailable","type":"server_error"}\n\n' + STOP + DONE,
        Heard("Hi", error=ProviderUnavailable),
    ),
    "perplexity repeats everything in the message": (
        choice(delta={"role": "assistant", "content": "Hi"}, message={"role": "assistant", "content": "Hi"})
        + event(
            {
                **PERPLEXITY,
                "choices": [{"delta": {"content": " you[1]"}, "message": {"content": "Hi you[1]"}}],
                "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
            }
        )
        + event(
            {
                **PERPLEXITY,
                "choices": [{"delta": {}, "message": {"content": "Hi you[1]"}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8, "reasoning_tokens": 2},
            }
        ),
        Heard("Hi you[1]", Usage(3, 5, 0, 2), "stop"),
    ),
    "openrouter comments while it waits": (
        b": OPENROUTER PROCESSING\n\n" * 3
        + thinks("Hm.", "reasoning", content="", reasoning_details=[{"type": "reasoning.text", "text": "Hm."}])
        + b": OPENROUTER PROCESSING\n\n"
        + HELLO.replace(b'"logprobs": null', b'"native_finish_reason": null'),
        Heard("Hello", finish="stop", thought="Hm."),
    ),
    "deepseek counts cached tokens under its own name": (
        thinks("Hm.", content=None)
        + HELLO.removesuffix(DONE)
        + usage_chunk({"prompt_tokens": 9, "completion_tokens": 2, "prompt_cache_hit_tokens": 6})
        + DONE,
        Heard("Hello", Usage(9, 2, 6), "stop", thought="Hm."),
    ),
    "mistral thinks in parts": (
        choice(delta={"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}]})
        + choice(delta={"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "."}]}]})
        + HELLO,
        Heard("Hello", finish="stop", thought="Hm."),
    ),
    "parts of reasoning as text": (
        choice(delta={"content": [{"type": "reasoning", "reasoning": "a"}, {"type": "reasoning", "text": "b"}]})
        + HELLO,
        Heard("Hello", finish="stop", thought="ab"),
    ),
    "litellm names every field": (
        choice(
            delta={"content": "Hi", "role": "assistant", "function_call": None, "tool_calls": None, "audio": None},
            finish_reason=None,
        )
        + STOP
        + DONE,
        Heard("Hi", finish="stop"),
    ),
    "a finish reason in two chunks": (HELLO.removesuffix(DONE) + STOP + DONE, Heard("Hello", finish="stop")),
}
