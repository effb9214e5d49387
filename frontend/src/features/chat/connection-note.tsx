// Says that the connection is lost, and what goes on in the meantime.

import { Spinner } from "@/components/spinner";
import { texts } from "./texts";
import type { LiveTurn } from "./turn-follower";

export function ConnectionNote({ live }: { live: LiveTurn | null }) {
  const text = live?.connection === "reconnecting" ? textFor(live) : null;
  return (
    <div role="status" className="flex justify-center">
      {text !== null && (
        <p className="mb-2 flex animate-rise items-center gap-2 rounded-full border border-warning-line bg-warning-soft px-3.5 py-1.5 text-small text-warning">
          <Spinner className="size-3.5" />
          {text}
        </p>
      )}
    </div>
  );
}

function textFor(live: LiveTurn): string {
  if (live.isStopping) return texts.reconnecting.stopping;
  const isSending = live.errand.kind === "send" && live.turn.phase === "waiting";
  return isSending ? texts.reconnecting.sending : texts.reconnecting.writing;
}
