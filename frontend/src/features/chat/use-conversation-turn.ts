// Ties an open conversation to its live turn: follows one that runs, brings back a question that never arrived.

import { useEffect } from "react";
import type { Conversation, Message } from "@/api/types";
import type { ComposerState } from "./composer";
import { forgetPending, readPending, returnToDraft } from "./drafts";
import { follow } from "./live-turns";
import type { LiveTurn } from "./turn-follower";

/** A turn may run because this page was reloaded in its middle, or because another tab has asked. */
export function useFollowRunningTurn(conversation: Conversation | undefined, stored: Message[]): void {
  const unfinished = stored.findLast((message) => message.role === "assistant" && message.outcome === null);
  const turnId = conversation?.running_turn_id ?? unfinished?.turn_id ?? null;
  const conversationId = conversation?.id;
  useEffect(() => {
    if (conversationId && turnId) follow(conversationId, turnId);
  }, [conversationId, turnId]);
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

export function composerState(live: LiveTurn | null): ComposerState {
  if (!live) return "idle";
  if (live.isStopping) return "stopping";
  return live.turn.phase === "waiting" && live.errand.kind === "send" ? "sending" : "writing";
}
