// Which branch of a conversation is shown, where somebody chose one. Without a choice it is the newest.

import { useSyncExternalStore } from "react";
import { readStored, store } from "@/lib/storage";
import { storageKey } from "./drafts";

const listeners = new Set<() => void>();

/** The branch that goes through this message, or the newest one. */
export function chooseBranch(conversationId: string, messageId: string | null): void {
  const key = storageKey("branch", conversationId);
  if (readStored(key) === messageId) return;
  store(key, messageId);
  for (const listener of listeners) listener();
}

export function useBranchChoice(conversationId: string): string | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => readStored(storageKey("branch", conversationId)),
  );
}
