// How long a model thought before it said its first word, for the answers that this page has watched.

import type { LiveTurn } from "./turn-follower";

const startedAt = new Map<string, number>();
const thoughtMs = new Map<string, number>();

export function noteThinking({ turn }: LiveTurn): void {
  if (turn.phase === "waiting") return;
  const { id, reasoning, content } = turn.reply;
  const began = startedAt.get(id);
  if (began === undefined) {
    if (reasoning !== "" && content === "") startedAt.set(id, Date.now());
  } else if (content !== "" && !thoughtMs.has(id)) {
    thoughtMs.set(id, Date.now() - began);
  }
}

export function thinkingMs(replyId: string): number | null {
  return thoughtMs.get(replyId) ?? null;
}
