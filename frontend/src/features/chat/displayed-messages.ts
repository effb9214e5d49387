// What the reader sees of a conversation: the stored messages with the live turn laid over them. Pure.

import type { Message } from "@/api/types";
import type { LiveTurn } from "./turn-follower";

export type DisplayedMessage = {
  /** Stays the same when an optimistic question becomes a stored one. */
  key: string;
  message: Message;
  isLive: boolean;
};

export function displayedMessages(stored: Message[], live: LiveTurn | null): DisplayedMessage[] {
  const displayed = stored.map((message) => ({ key: keyOf(message), message, isLive: false }));
  if (!live) return displayed;
  for (const message of liveMessages(live, stored)) {
    const entry = { key: keyOf(message), message, isLive: message.role === "assistant" };
    const index = displayed.findIndex(({ key }) => key === entry.key);
    if (index === -1) displayed.push(entry);
    else displayed[index] = entry;
  }
  return displayed;
}

function liveMessages(live: LiveTurn, stored: Message[]): Message[] {
  const { turn, errand } = live;
  if (turn.phase === "waiting") {
    if (errand.kind === "send") return [optimisticQuestion(errand)];
    return stored.filter((message) => message.turn_id === errand.turnId && message.role === "assistant");
  }
  const known = stored.find((message) => message.id === turn.reply.id);
  const reply =
    turn.phase === "streaming" ? { ...turn.reply, content: longer(turn.text, known) } : turn.reply;
  return turn.question ? [turn.question, reply] : [reply];
}

/** While a turn is replayed from its start, what was already stored of it stays on the screen. */
function longer(text: string, known: Message | undefined): string {
  return known && known.content.length > text.length && known.content.startsWith(text) ? known.content : text;
}

function keyOf(message: Message): string {
  return message.role === "user" ? (message.client_message_id ?? message.id) : message.id;
}

function optimisticQuestion(errand: Extract<LiveTurn["errand"], { kind: "send" }>): Message {
  const { client_message_id, content } = errand.question;
  return {
    id: client_message_id,
    client_message_id,
    conversation_id: "",
    parent_id: null,
    role: "user",
    content,
    outcome: null,
    error_code: null,
    error_detail: null,
    model: null,
    provider: null,
    turn_id: null,
    created_at: errand.askedAt,
    finished_at: null,
    input_tokens: null,
    output_tokens: null,
    usage_source: null,
    time_to_first_token_ms: null,
    duration_ms: null,
    left_out: 0,
  };
}
