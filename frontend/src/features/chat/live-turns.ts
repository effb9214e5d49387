// The turns this page is following, one a conversation. They go on while the reader looks at something else.

import { useSyncExternalStore } from "react";
import { conversationKeys } from "@/api/chat-service";
import { mergeMessages, patchConversation, touchConversation } from "@/api/conversation-cache";
import type { Problem } from "@/api/problem";
import { queryClient } from "@/api/query-client";
import type { Question } from "@/api/types";
import { newId } from "@/lib/ids";
import { forgetPending, rememberPending, returnToDraft } from "./drafts";
import { type LiveTurn, TurnFollower } from "./turn-follower";
import type { Ended } from "./turn-reducer";

/** A hidden page gets no animation frames; it is still told now and then. */
const HIDDEN_PAGE_DELAY_MS = 250;

const followers = new Map<string, TurnFollower>();
const refusals = new Map<string, Problem>();
const shown = new Map<string, LiveTurn>();
const listeners = new Set<() => void>();
const unfollowable = new Set<string>();
let isPlanned = false;

export function ask(conversationId: string, content: string, model: string | undefined): void {
  if (followers.has(conversationId)) return;
  const question: Question = { client_message_id: newId(), content, ...(model && { model }) };
  rememberPending(conversationId, { clientMessageId: question.client_message_id, content });
  touchConversation(conversationId, { last_message_at: new Date().toISOString() });
  begin(conversationId, { kind: "send", question, askedAt: new Date().toISOString() });
}

export function follow(conversationId: string, turnId: string): void {
  if (followers.has(conversationId) || unfollowable.has(turnId)) return;
  begin(conversationId, { kind: "follow", turnId });
}

export function stop(conversationId: string): void {
  const follower = followers.get(conversationId);
  if (!follower) return;
  if (follower.turnId !== null) void follower.stop();
  else withdraw(conversationId, follower);
}

export function dismissRefusal(conversationId: string): void {
  if (refusals.delete(conversationId)) tellNow();
}

/** Lets go of every turn: the reader has signed out. The turns themselves belong to the server and go on. */
export function leaveAllTurns(): void {
  for (const follower of followers.values()) follower.close();
  followers.clear();
  refusals.clear();
  tellNow();
}

export function useLiveTurn(conversationId: string): LiveTurn | null {
  return useSyncExternalStore(subscribe, () => shown.get(conversationId) ?? null);
}

export function useRefusal(conversationId: string): Problem | null {
  return useSyncExternalStore(subscribe, () => refusals.get(conversationId) ?? null);
}

function begin(conversationId: string, errand: LiveTurn["errand"]): void {
  const follower = new TurnFollower(conversationId, errand, {
    changed: (live) => noteProgress(conversationId, live),
    ended: (turn) => finish(conversationId, turn),
    refused: (problem) => giveUp(conversationId, errand, problem),
  });
  followers.set(conversationId, follower);
  refusals.delete(conversationId);
  tellNow();
  void follower.run();
}

function noteProgress(conversationId: string, live: LiveTurn): void {
  const before = shown.get(conversationId);
  if (live.turn.phase === "streaming" && before?.turn.phase === "waiting") {
    if (live.errand.kind === "send") forgetPending(conversationId);
    patchConversation(conversationId, { running_turn_id: live.turn.turnId });
  }
  tellSoon();
}

function finish(conversationId: string, { question, reply }: Ended): void {
  followers.delete(conversationId);
  forgetPending(conversationId);
  mergeMessages(conversationId, question ? [question, reply] : [reply]);
  touchConversation(conversationId, {
    running_turn_id: null,
    last_message_at: reply.finished_at ?? reply.created_at,
  });
  tellNow();
  void queryClient.invalidateQueries({ queryKey: conversationKeys.list });
  // Ended before it was seen to start: the question is known to the server only.
  if (!question) void queryClient.invalidateQueries({ queryKey: conversationKeys.messages(conversationId) });
}

function giveUp(conversationId: string, errand: LiveTurn["errand"], problem: Problem): void {
  followers.delete(conversationId);
  if (errand.kind === "follow") unfollowable.add(errand.turnId);
  else returnQuestion(conversationId, errand.question, problem);
  tellNow();
  refresh(conversationId);
}

function withdraw(conversationId: string, follower: TurnFollower): void {
  const { errand } = follower.current();
  follower.close();
  followers.delete(conversationId);
  if (errand.kind === "send") returnQuestion(conversationId, errand.question, null);
  tellNow();
  refresh(conversationId);
}

function returnQuestion(conversationId: string, question: Question, problem: Problem | null): void {
  forgetPending(conversationId);
  returnToDraft(conversationId, question.content);
  if (problem) refusals.set(conversationId, problem);
}

function refresh(conversationId: string): void {
  void queryClient.invalidateQueries({ queryKey: conversationKeys.one(conversationId) });
  void queryClient.invalidateQueries({ queryKey: conversationKeys.messages(conversationId) });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Deltas may come faster than the screen shows them: at most one telling a frame. */
function tellSoon(): void {
  if (isPlanned) return;
  isPlanned = true;
  if (document.hidden) setTimeout(tellNow, HIDDEN_PAGE_DELAY_MS);
  else requestAnimationFrame(tellNow);
}

function tellNow(): void {
  isPlanned = false;
  shown.clear();
  for (const [conversationId, follower] of followers) shown.set(conversationId, follower.current());
  for (const listener of listeners) listener();
}
