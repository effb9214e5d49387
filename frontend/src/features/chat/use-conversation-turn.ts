// Ties an open conversation to its live turn: follows one that runs, brings back a question that never arrived.

import { useEffect } from "react";
import type { Conversation, Message } from "@/api/types";
import type { ComposerState } from "./composer";
import { forgetPending, readPending, returnToDraft } from "./drafts";
import { follow } from "./live-turns";
import type { LineState } from "./transport/conversation-line";
import type { LiveTurn } from "./turn-follower";

/** Turns may run or wait because this page was reloaded in their middle, or because another tab has asked. */
export function useFollowTurns(conversation: Conversation | undefined, stored: Message[]): void {
  const queued = conversation?.queued_turn_ids.join(" ") ?? "";
  const unfinished = stored.filter((message) => message.role === "assistant" && message.outcome === null);
  const running =
    conversation?.running_turn_id ??
    unfinished.find(({ turn_id }) => !isIn(queued, turn_id))?.turn_id ??
    null;
  const conversationId = conversation?.id;
  useEffect(() => {
    if (!conversationId) return;
    if (running) follow(conversationId, running);
    for (const turnId of queued.split(" ")) if (turnId) follow(conversationId, turnId, true);
  }, [conversationId, running, queued]);
}

function isIn(turnIds: string, turnId: string | null): boolean {
  return turnId !== null && turnIds.split(" ").includes(turnId);
}

/** Without a line, this page hears of other tabs' questions only when it asks. */
const ASK_FOR_NEWS_MS = 6_000;

export function newsIntervalMs(line: LineState, isLive: boolean): number | false {
  return line === "ready" || isLive ? false : ASK_FOR_NEWS_MS;
}

/** The page was closed before the server had taken the question: either it has it by now, or it is typed text again. */
export function useReturnedQuestion(conversationId: string, stored: Message[], isReady: boolean): void {
  useEffect(() => {
    const pending = isReady ? readPending(conversationId) : null;
    if (!pending) return;
    forgetPending(conversationId);
    const hasArrived = stored.some((message) => message.client_message_id === pending.clientMessageId);
    if (!hasArrived) returnToDraft(conversationId, pending.content);
  }, [conversationId, stored, isReady]);
}

export function composerState(live: LiveTurn | undefined): ComposerState {
  if (!live) return "idle";
  if (live.isStopping) return "stopping";
  return live.turnId === null && live.errand.kind !== "follow" ? "sending" : "writing";
}
