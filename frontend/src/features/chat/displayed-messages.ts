// What the reader sees of a conversation: one path through its tree of messages, with the live turns laid over the
// stored ones. Pure.

import type { Message } from "@/api/types";
import { pathThrough, versionsOf } from "./message-tree";
import { type AskingErrand, clientMessageId, provisionalIds } from "./turn-errand";
import type { LiveTurn } from "./turn-follower";

export type DisplayedMessage = {
  /** Stays the same when an optimistic question becomes a stored one. */
  key: string;
  message: Message;
  isLive: boolean;
  /** The turn it belongs to, while that is under way. */
  live: LiveTurn | null;
  /** A question whose answer waits for others, or that has not arrived at the service yet. */
  state: "said" | "sending" | "queued";
  /** Its place among the versions of the same message, from 1; `versions` are their ids. */
  place: number;
  versions: string[];
};

type Entry = { message: Message; live: LiveTurn | null; isHidden: boolean };

export function displayedMessages(
  stored: Message[],
  live: LiveTurn[],
  chosen: string | null = null,
): DisplayedMessage[] {
  const entries = new Map<string, Entry>(
    stored.map((message) => [message.id, { message, live: null, isHidden: false }]),
  );
  for (const turn of live) for (const entry of entriesOf(turn, stored)) entries.set(entry.message.id, entry);
  const messages = [...entries.values()].map(({ message }) => message);
  const versionsOfEach = versionsOf(messages);
  return pathThrough(messages, chosen).flatMap((message) => {
    const entry = entries.get(message.id);
    if (!entry || entry.isHidden) return [];
    const versions = versionsOfEach(message).map(({ id }) => id);
    return [
      {
        key: keyOf(message),
        message,
        live: entry.live,
        isLive: entry.live !== null && message.role === "assistant",
        state: stateOf(entry),
        place: versions.indexOf(message.id) + 1,
        versions,
      },
    ];
  });
}

/** The message that the next question stands below: the answer at the end, also when it is not shown yet. */
export function leafOf(displayed: DisplayedMessage[]): string | null {
  const last = displayed.at(-1);
  if (!last) return null;
  return last.message.role === "user" && last.live?.ids ? last.live.ids.replyId : last.message.id;
}

function stateOf({ message, live }: Entry): DisplayedMessage["state"] {
  if (live === null || message.role !== "user") return "said";
  if (live.isQueued) return "queued";
  return live.errand.kind === "send" && live.turnId === null ? "sending" : "said";
}

function entriesOf(live: LiveTurn, stored: Message[]): Entry[] {
  const { turn, errand } = live;
  if (turn.phase !== "waiting") {
    const known = stored.find((message) => message.id === turn.reply.id);
    const reply = turn.phase === "streaming" ? longer(turn.reply, known) : turn.reply;
    const question = turn.question ? [{ message: turn.question, live, isHidden: false }] : [];
    return [...question, { message: reply, live, isHidden: false }];
  }
  const kept = stored.filter((message) => message.turn_id !== null && message.turn_id === live.turnId);
  if (kept.length > 0 || errand.kind === "follow") {
    return kept.map((message) => ({
      message,
      live,
      isHidden: message.role === "assistant" && live.isQueued,
    }));
  }
  return expectedEntries(live, errand, stored);
}

/** The messages as they will be once the service has told us of them. */
function expectedEntries(live: LiveTurn, errand: AskingErrand, stored: Message[]): Entry[] {
  const ids = live.ids ?? provisionalIds(errand);
  const isSend = errand.kind === "send";
  const known = stored.find((message) => message.client_message_id === clientMessageId(errand));
  const questionId = known?.id ?? ids.questionId;
  const reply = expected(ids.replyId, questionId, errand.askedAt);
  const isHidden = live.isQueued || (isSend && live.turnId === null);
  const question: Message = {
    ...expected(questionId, errand.parentId, errand.askedAt),
    role: "user",
    content: isSend ? errand.question.content : "",
    client_message_id: clientMessageId(errand),
  };
  const asked = isSend ? [{ message: known ?? question, live, isHidden: false }] : [];
  return [...asked, { message: reply, live, isHidden }];
}

/** While a turn is replayed from its start, what was already stored of it stays on the screen. */
function longer(reply: Message, known: Message | undefined): Message {
  const isBehind = (said: string, before: string) => before.length > said.length && before.startsWith(said);
  if (!known) return reply;
  return {
    ...reply,
    content: isBehind(reply.content, known.content) ? known.content : reply.content,
    reasoning: isBehind(reply.reasoning, known.reasoning) ? known.reasoning : reply.reasoning,
  };
}

function keyOf(message: Message): string {
  return message.role === "user" ? (message.client_message_id ?? message.id) : message.id;
}

function expected(id: string, parentId: string | null, askedAt: string): Message {
  return {
    ...NOTHING_YET,
    id,
    parent_id: parentId,
    created_at: askedAt,
  };
}

const NOTHING_YET: Omit<Message, "id" | "parent_id" | "created_at"> = {
  client_message_id: null,
  conversation_id: "",
  role: "assistant",
  content: "",
  reasoning: "",
  images: [],
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
  turn_id: null,
  finished_at: null,
  input_tokens: null,
  output_tokens: null,
  cached_tokens: null,
  reasoning_tokens: null,
  usage_source: null,
  time_to_first_token_ms: null,
  duration_ms: null,
  left_out: 0,
};
