// Says that the connection is lost, or that live updates are barred, and what goes on in the meantime.

import { useEffect, useState } from "react";
import { Icon } from "@/components/icon";
import { Spinner } from "@/components/spinner";
import { texts } from "./texts";
import type { LiveTurn } from "./turn-follower";

/** A connection that is back this soon is not worth a word. */
const PATIENCE_MS = 600;

export function ConnectionNote({ live }: { live: LiveTurn | undefined }) {
  const isLost = useLasting(live?.connection === "reconnecting", PATIENCE_MS);
  const isSlow = live?.way === "polling" && live.connection === "open";
  return (
    <div role="status" className="flex justify-center">
      {live && isLost && (
        <p className="mb-2 flex animate-rise items-center gap-2 rounded-full border border-warning-line bg-warning-soft px-3.5 py-1.5 text-small text-warning">
          <Spinner className="size-3.5" />
          {textFor(live)}
        </p>
      )}
      {isSlow && !isLost && (
        <p className="mb-2 flex animate-rise items-center gap-2 rounded-full border border-line bg-sunken px-3.5 py-1.5 text-small text-muted">
          <Icon name="info" className="size-4" />
          {texts.slowUpdates}
        </p>
      )}
    </div>
  );
}

function useLasting(isSo: boolean, patienceMs: number): boolean {
  const [hasLasted, setLasted] = useState(false);
  useEffect(() => {
    if (!isSo) return;
    const timer = setTimeout(() => setLasted(true), patienceMs);
    return () => {
      clearTimeout(timer);
      setLasted(false);
    };
  }, [isSo, patienceMs]);
  return isSo && hasLasted;
}

function textFor(live: LiveTurn): string {
  if (live.isStopping) return texts.reconnecting.stopping;
  return live.turnId === null ? texts.reconnecting.sending : texts.reconnecting.writing;
}
