// One answer: its text as it is being written or as it was, how it ended, and what it took.

import { memo } from "react";
import type { Message } from "@/api/types";
import { LogoMark } from "@/components/logo";
import { Markdown } from "./markdown/markdown";
import { ReplyMeta } from "./reply-meta";
import { ReplyNote } from "./reply-note";
import { texts } from "./texts";

export const Reply = memo(function Reply({
  reply,
  isLive,
  modelName,
  onAgain,
}: {
  reply: Message;
  isLive: boolean;
  modelName: string | null;
  onAgain: (() => void) | undefined;
}) {
  const isWriting = reply.outcome === null;
  return (
    <article
      aria-label={texts.messages.theirs}
      aria-busy={isLive && isWriting}
      className="group/reply relative lg:ps-11"
    >
      <LogoMark className="mb-2 size-6 lg:absolute lg:start-0 lg:top-0.5 lg:mb-0" />
      {reply.content !== "" && <Markdown text={reply.content} />}
      {isWriting ? <Writing hasText={reply.content !== ""} /> : <ReplyNote reply={reply} onAgain={onAgain} />}
      {!isWriting && <ReplyMeta reply={reply} modelName={modelName} />}
    </article>
  );
});

/** Takes the same room as the line of facts that will replace it, so that nothing jumps at the end. */
function Writing({ hasText }: { hasText: boolean }) {
  return (
    <p className="mt-1.5 flex min-h-8 items-center gap-2.5 text-small text-muted">
      <span aria-hidden="true" className="flex gap-1">
        {[0, 160, 320].map((delayMs) => (
          <span
            key={delayMs}
            style={{ animationDelay: `${delayMs}ms` }}
            className="size-1.5 animate-breathe rounded-full bg-accent"
          />
        ))}
      </span>
      {hasText ? texts.messages.writing : texts.messages.thinking}
    </p>
  );
}
