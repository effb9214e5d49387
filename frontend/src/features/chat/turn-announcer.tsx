// Tells a screen reader that an answer has started and how it has ended; never each piece of it.

import { useEffect, useRef, useState } from "react";
import type { Outcome } from "@/api/types";
import { texts } from "./texts";
import type { LiveTurn } from "./turn-follower";

export function TurnAnnouncer({
  live,
  lastOutcome,
}: {
  live: LiveTurn | undefined;
  lastOutcome: Outcome | null;
}) {
  const [announcement, setAnnouncement] = useState("");
  const wasWriting = useRef(false);
  const isWriting = live?.turn.phase === "streaming";

  useEffect(() => {
    if (isWriting && !wasWriting.current) setAnnouncement(texts.announce.started);
    if (!isWriting && wasWriting.current && lastOutcome) setAnnouncement(texts.announce.ended[lastOutcome]);
    wasWriting.current = isWriting;
  }, [isWriting, lastOutcome]);

  return (
    <p role="status" className="sr-only">
      {announcement}
    </p>
  );
}
