// Finds out, before anything else is shown, whether this browser is signed in.

import { type ReactNode, useEffect, useState } from "react";
import { sessionKeeper, useSession } from "@/api/session";
import { LogoMark } from "@/components/logo";
import { ErrorState } from "@/components/states";
import { backoffDelayMs, pause } from "@/lib/backoff";
import { texts } from "./texts";

export function SessionGate({ children }: { children: ReactNode }) {
  const session = useSession();
  const [isUnreachable, setUnreachable] = useState(false);
  const [round, setRound] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another round begins the attempts again.
  useEffect(() => {
    const leaving = new AbortController();
    void findSession(leaving.signal, () => setUnreachable(true));
    return () => leaving.abort();
  }, [round]);

  if (session.status !== "unknown") return children;
  if (!isUnreachable) return <Opening />;
  return (
    <main className="grid min-h-dvh place-items-center">
      <ErrorState
        title={texts.unreachable.title}
        detail={texts.unreachable.detail}
        onRetry={() => setRound((count) => count + 1)}
      />
    </main>
  );
}

async function findSession(leaving: AbortSignal, onFailure: () => void): Promise<void> {
  for (let attempt = 0; !leaving.aborted && sessionKeeper.current().status === "unknown"; attempt += 1) {
    try {
      await sessionKeeper.renew(null);
      return;
    } catch {
      if (attempt > 0) onFailure();
      await pause(backoffDelayMs(attempt), leaving);
    }
  }
}

function Opening() {
  return (
    <main role="status" className="grid min-h-dvh place-items-center">
      <span className="sr-only">{texts.starting}</span>
      <LogoMark className="size-11 animate-shimmer" />
    </main>
  );
}
