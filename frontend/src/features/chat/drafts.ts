// What has been typed and not yet accepted, kept for each conversation and each user: through reloads, lost
// sessions and refused sends. Only signing out forgets it.

import { useSyncExternalStore } from "react";
import { sessionKeeper } from "@/api/session";
import { forgetStored, readStored, store } from "@/lib/storage";

export const NEW_CONVERSATION = "new";

let lastUserId = "nobody";
const listeners = new Set<() => void>();

export function readDraft(conversationId: string): string {
  return readStored(storageKey("draft", conversationId)) ?? "";
}

export function writeDraft(conversationId: string, text: string): void {
  store(storageKey("draft", conversationId), text === "" ? null : text);
  for (const listener of listeners) listener();
}

/** Puts text back into the composer without losing what was typed there since. */
export function returnToDraft(conversationId: string, text: string): void {
  const typedSince = readDraft(conversationId);
  writeDraft(conversationId, typedSince === "" ? text : `${text}\n\n${typedSince}`);
}

export function useDraft(conversationId: string): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => readDraft(conversationId),
  );
}

export type PendingQuestion = { clientMessageId: string; content: string };

/** A question on its way is remembered until the server has it, so that a closed page does not lose it. */
export function rememberPending(conversationId: string, pending: PendingQuestion): void {
  store(storageKey("pending", conversationId), JSON.stringify(pending));
}

export function forgetPending(conversationId: string): void {
  store(storageKey("pending", conversationId), null);
}

export function readPending(conversationId: string): PendingQuestion | null {
  try {
    const pending = JSON.parse(
      readStored(storageKey("pending", conversationId)) ?? "null",
    ) as Partial<PendingQuestion> | null;
    if (typeof pending?.clientMessageId !== "string" || typeof pending.content !== "string") return null;
    return { clientMessageId: pending.clientMessageId, content: pending.content };
  } catch {
    return null;
  }
}

export function forgetDraftsOf(userId: string): void {
  for (const kind of ["draft", "pending", "branch"] as const) forgetStored(`${kind}.${userId}.`);
}

export function storageKey(kind: "draft" | "pending" | "branch", conversationId: string): string {
  return `${kind}.${userId()}.${conversationId}`;
}

/** A question may come back after the session has ended: it still belongs to who asked it. */
function userId(): string {
  const session = sessionKeeper.current();
  if (session.status === "signed_in") lastUserId = session.claims.userId;
  return lastUserId;
}
