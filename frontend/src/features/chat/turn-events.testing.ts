// Messages and events for the tests of this folder.

import type { Message, TurnEvent } from "@/api/types";

const NOTHING_YET: Omit<Message, "id" | "role" | "content" | "client_message_id"> = {
  conversation_id: "c",
  parent_id: null,
  turn_id: "t",
  images: [],
  reasoning: "",
  steps: [],
  fallbacks: [],
  outcome: null,
  error_code: null,
  error_detail: null,
  finish_reason: null,
  model: null,
  asked_model: null,
  provider: null,
  continues_id: null,
  finished_at: null,
  input_tokens: null,
  output_tokens: null,
  cached_tokens: null,
  reasoning_tokens: null,
  usage_source: null,
  time_to_first_token_ms: null,
  duration_ms: null,
  left_out: 0,
  created_at: "2026-11-21T09:30:00Z",
};

export const question: Message = {
  ...NOTHING_YET,
  id: "q",
  role: "user",
  content: "Hello?",
  client_message_id: "m",
};

export function reply(content = "", change: Partial<Message> = {}): Message {
  return {
    ...NOTHING_YET,
    id: "r",
    parent_id: "q",
    role: "assistant",
    content,
    client_message_id: null,
    ...change,
  };
}

const at = (seq: number, epoch = "e1") => ({ turn_id: "t", epoch, seq });

export const started: TurnEvent = {
  kind: "started",
  ...at(1),
  client_message_id: "m",
  question,
  reply: reply(),
};

export function delta(seq: number, text: string, epoch = "e1"): TurnEvent {
  return { kind: "delta", ...at(seq, epoch), text };
}

export function done(seq: number, content: string): TurnEvent {
  return { kind: "done", ...at(seq), outcome: "finished", reply: reply(content, { outcome: "finished" }) };
}

export function failed(seq: number, content: string): TurnEvent {
  const ended = reply(content, {
    outcome: "failed",
    error_code: "provider_unavailable",
    error_detail: "Away.",
  });
  return {
    kind: "failed",
    ...at(seq),
    outcome: "failed",
    code: "provider_unavailable",
    detail: "Away.",
    reply: ended,
  };
}

export function snapshot(seq: number, content: string, epoch = "e1"): TurnEvent {
  return { kind: "snapshot", ...at(seq, epoch), recovered: false, reply: reply(content) };
}

export function usage(seq: number): TurnEvent {
  return {
    kind: "usage",
    ...at(seq),
    input_tokens: 7,
    output_tokens: 2,
    cached_tokens: 0,
    reasoning_tokens: 1,
    usage_source: "provider",
  };
}

export function reasoning(seq: number, text: string): TurnEvent {
  return { kind: "reasoning", ...at(seq), text };
}

export function tool(seq: number, call_id: string, state: "running" | "done" | "failed"): TurnEvent {
  const result = state === "running" ? null : "4";
  return { kind: "tool", ...at(seq), step: { call_id, name: "calculator", arguments: "{}", state, result } };
}

export function fallback(seq: number, failed: string, model: string): TurnEvent {
  return {
    kind: "fallback",
    ...at(seq),
    failed: { model: failed, provider: "one", code: "provider_unavailable" },
    model,
    provider: "two",
  };
}
