// Messages and events for the tests of this folder.

import type { Message, TurnEvent } from "@/api/types";

const NOTHING_YET = {
  parent_id: null,
  outcome: null,
  error_code: null,
  error_detail: null,
  model: null,
  provider: null,
  finished_at: null,
  input_tokens: null,
  output_tokens: null,
  usage_source: null,
  time_to_first_token_ms: null,
  duration_ms: null,
  left_out: 0,
  created_at: "2026-11-21T09:30:00Z",
} as const;

export const question: Message = {
  ...NOTHING_YET,
  id: "q",
  conversation_id: "c",
  role: "user",
  content: "Hello?",
  turn_id: "t",
  client_message_id: "m",
};

export function reply(content = "", change: Partial<Message> = {}): Message {
  return {
    ...NOTHING_YET,
    id: "r",
    conversation_id: "c",
    role: "assistant",
    content,
    turn_id: "t",
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
    usage_source: "provider",
  };
}
