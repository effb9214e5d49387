// What has to happen when the reader changes: nothing of one person may be left for the next.

import { queryClient } from "@/api/query-client";
import { sessionKeeper } from "@/api/session";
import { forgetDraftsOf } from "@/features/chat/drafts";
import { leaveAllTurns } from "@/features/chat/live-turns";

let lastUserId: string | null = null;

export function watchSession(onChange: () => void): void {
  let lastStatus = sessionKeeper.current().status;
  sessionKeeper.subscribe(() => {
    const session = sessionKeeper.current();
    const userId = session.status === "signed_in" ? session.claims.userId : null;
    if (userId === lastUserId && session.status === lastStatus) return;
    if (lastUserId !== null && userId !== lastUserId) forgetReader(lastUserId);
    lastUserId = userId;
    lastStatus = session.status;
    onChange();
  });
}

/** Drafts outlive a session that merely ran out; choosing to sign out forgets them too. */
function forgetReader(userId: string): void {
  const session = sessionKeeper.current();
  leaveAllTurns();
  queryClient.clear();
  if (session.status === "signed_out" && session.reason === "chosen") forgetDraftsOf(userId);
}
