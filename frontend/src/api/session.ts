// The one session of this page, wired to the browser: Web Locks and a BroadcastChannel make the tabs agree.

import { useSyncExternalStore } from "react";
import { type Session, SessionKeeper, type TabMessage } from "./session-keeper";

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("parley.session");

export const sessionKeeper = new SessionKeeper({
  fetch: (input, init) => fetch(input, init),
  now: () => Date.now(),
  locks: navigator.locks,
  tabs: { tell: (message) => channel?.postMessage(message) },
});

channel?.addEventListener("message", (event: MessageEvent<TabMessage>) => sessionKeeper.hear(event.data));
sessionKeeper.subscribe(planRenewal);

let timer: ReturnType<typeof setTimeout> | undefined;

/** Renews shortly before the end, so that a quiet page is still signed in when its reader comes back. */
function planRenewal(): void {
  clearTimeout(timer);
  const delayMs = sessionKeeper.msUntilRenewal();
  if (delayMs === null) return;
  timer = setTimeout(() => {
    sessionKeeper.freshToken().catch(() => {
      // Unreachable for now: the next request renews, or says so.
    });
  }, delayMs + 1_000);
}

export function useSession(): Session {
  return useSyncExternalStore(sessionKeeper.subscribe, sessionKeeper.current);
}
