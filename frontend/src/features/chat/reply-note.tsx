// How an answer came about and how it ended, when it did not simply finish: said quietly, with a way on.

import type { Message } from "@/api/types";
import { Button } from "@/components/button";
import { Icon } from "@/components/icon";
import { Notice } from "@/components/notice";
import { nameOf, useChatActions } from "./chat-actions";
import { texts } from "./texts";

export function FallbackNote({ reply }: { reply: Message }) {
  const { models } = useChatActions();
  const failed = reply.fallbacks.map(({ model }) => nameOf(models, model));
  return (
    <p className="mb-2 flex items-center gap-1.5 text-small text-muted">
      <Icon name="info" className="size-4" />
      {texts.fallback(nameOf(models, reply.model) ?? "", [...new Set(failed)].join(", "))}
    </p>
  );
}

export function ReplyNote({ reply, mayAct }: { reply: Message; mayAct: boolean }) {
  return (
    <>
      {reply.left_out > 0 && (
        <p className="mt-3 flex items-center gap-1.5 text-small text-muted">
          <Icon name="info" className="size-4" />
          {texts.leftOut(reply.left_out)}
        </p>
      )}
      <OutcomeNote reply={reply} action={mayAct && <WayOn reply={reply} />} />
    </>
  );
}

function OutcomeNote({ reply, action }: { reply: Message; action: React.ReactNode }) {
  switch (reply.outcome) {
    case "stopped":
      return (
        <QuietNote icon="stop" action={action}>
          {texts.outcome.stopped}
        </QuietNote>
      );
    case "interrupted":
      return (
        <Notice tone="warning" action={action} className="mt-4">
          {reply.error_detail ?? texts.outcome.interrupted} <ErrorCode reply={reply} />
        </Notice>
      );
    case "failed":
      return (
        <Notice tone="danger" action={action} className="mt-4">
          {reply.error_detail ?? texts.outcome.failed} <ErrorCode reply={reply} />
        </Notice>
      );
    default:
      if (reply.finish_reason !== "length") return null;
      return (
        <QuietNote icon="info" action={action}>
          {texts.outcome.cut}
        </QuietNote>
      );
  }
}

function QuietNote({
  icon,
  action,
  children,
}: {
  icon: "stop" | "info";
  action: React.ReactNode;
  children: string;
}) {
  return (
    <div className="mt-2 flex min-h-8 flex-wrap items-center gap-x-2 text-small text-muted">
      <Icon name={icon} className="size-4" />
      {children}
      {action}
    </div>
  );
}

/** What was said can be gone on with; and it can always be tried anew. */
function WayOn({ reply }: { reply: Message }) {
  const { regenerate, continueReply } = useChatActions();
  return (
    <span className="-my-1 flex flex-wrap">
      {reply.content !== "" && (
        <Button
          size="small"
          variant="ghost"
          icon="forward"
          onClick={() => continueReply(reply)}
          className="text-current"
        >
          {texts.again.continue}
        </Button>
      )}
      <Button
        size="small"
        variant="ghost"
        icon="retry"
        onClick={() => regenerate(reply)}
        className="text-current"
      >
        {texts.outcome.again}
      </Button>
    </span>
  );
}

function ErrorCode({ reply }: { reply: Message }) {
  return reply.error_code && <code className="font-mono text-tiny">{reply.error_code}</code>;
}
