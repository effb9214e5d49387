// One answer: its text as it is being written or as it was, how it ended, and what it took.

import { memo } from "react";
import type { Message } from "@/api/types";
import { LogoMark } from "@/components/logo";
import { Markdown } from "./markdown/markdown";
import { ReplyMeta } from "./reply-meta";
import { FallbackNote, ReplyNote } from "./reply-note";
import { texts } from "./texts";
import { Thinking } from "./thinking";
import { ToolSteps } from "./tool-steps";

export const Reply = memo(function Reply({
  reply,
  isLive,
  isLast,
  mayAct,
  place,
  versions,
}: {
  reply: Message;
  isLive: boolean;
  isLast: boolean;
  /** Nothing is under way in this conversation, so an answer can be asked for again. */
  mayAct: boolean;
  place: number;
  versions: string;
}) {
  const isWriting = reply.outcome === null;
  return (
    <article
      aria-label={texts.messages.theirs}
      aria-busy={isLive && isWriting}
      className="group/reply relative lg:ps-11"
    >
      <LogoMark className="mb-2 size-6 lg:absolute lg:start-0 lg:top-0.5 lg:mb-0" />
      {reply.fallbacks.length > 0 && <FallbackNote reply={reply} />}
      {reply.reasoning !== "" && (
        <Thinking replyId={reply.id} text={reply.reasoning} isLive={isWriting && reply.content === ""} />
      )}
      {reply.steps.length > 0 && <ToolSteps steps={reply.steps} />}
      {reply.content !== "" && <Markdown text={reply.content} />}
      {isWriting ? (
        <Writing label={writingLabel(reply)} />
      ) : (
        <ReplyNote reply={reply} mayAct={mayAct && isLast} />
      )}
      {!isWriting && <ReplyMeta reply={reply} mayAct={mayAct} place={place} versions={versions} />}
    </article>
  );
});

function writingLabel({ steps, content }: Message): string {
  const running = steps.find((step) => step.state === "running");
  if (running) return texts.tools.using(running.name);
  return content === "" ? texts.messages.thinking : texts.messages.writing;
}

/** Takes the same room as the line of facts that will replace it, so that nothing jumps at the end. */
function Writing({ label }: { label: string }) {
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
      {label}
    </p>
  );
}
