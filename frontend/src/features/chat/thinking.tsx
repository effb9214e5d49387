// What the model thought before it answered, folded.

import { useEffect, useRef } from "react";
import { ScrollRegion } from "@/components/scroll-region";
import { formatDuration } from "@/lib/format";
import { Disclosure } from "./disclosure";
import { Markdown } from "./markdown/markdown";
import { texts } from "./texts";
import { thinkingMs } from "./thinking-times";

const WORTH_TELLING_MS = 1_000;

export function Thinking({ replyId, text, isLive }: { replyId: string; text: string; isLive: boolean }) {
  return (
    <Disclosure icon="sparkle" label={isLive ? texts.thinking.live : labelOf(thinkingMs(replyId))}>
      <Thoughts text={text} isLive={isLive} />
    </Disclosure>
  );
}

function labelOf(durationMs: number | null): string {
  if (durationMs === null || durationMs < WORTH_TELLING_MS) return texts.thinking.done;
  return texts.thinking.doneIn(formatDuration(Math.round(durationMs / 1_000) * 1_000));
}

/** Follows the newest thought while there are new ones. */
function Thoughts({ text, isLive }: { text: string; isLive: boolean }) {
  const region = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: more text is more to scroll.
  useEffect(() => {
    if (isLive && region.current) region.current.scrollTop = region.current.scrollHeight;
  }, [text, isLive]);
  return (
    <ScrollRegion
      ref={region}
      className="thin-scrollbar max-h-80 overflow-y-auto text-muted [&_.markdown]:text-small! [&_.markdown]:leading-normal!"
    >
      <Markdown text={text} />
    </ScrollRegion>
  );
}
