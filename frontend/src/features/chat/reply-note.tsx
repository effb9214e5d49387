// How an answer ended, when it did not simply finish: said quietly, with a way on.

import type { Message } from "@/api/types";
import { Button } from "@/components/button";
import { Icon } from "@/components/icon";
import { Notice } from "@/components/notice";
import { texts } from "./texts";

export function ReplyNote({ reply, onAgain }: { reply: Message; onAgain: (() => void) | undefined }) {
  return (
    <>
      {reply.left_out > 0 && (
        <p className="mt-3 flex items-center gap-1.5 text-small text-muted">
          <Icon name="info" className="size-4" />
          {texts.leftOut(reply.left_out)}
        </p>
      )}
      <OutcomeNote reply={reply} onAgain={onAgain} />
    </>
  );
}

function OutcomeNote({ reply, onAgain }: { reply: Message; onAgain: (() => void) | undefined }) {
  const again = onAgain && (
    <Button size="small" variant="ghost" icon="retry" onClick={onAgain} className="-my-1 text-current">
      {texts.outcome.again}
    </Button>
  );
  switch (reply.outcome) {
    case "stopped":
      return (
        <div className="mt-2 flex min-h-8 flex-wrap items-center gap-x-2 text-small text-muted">
          <Icon name="stop" className="size-4" />
          {texts.outcome.stopped}
          {again}
        </div>
      );
    case "interrupted":
      return (
        <Notice tone="warning" action={again} className="mt-4">
          {reply.error_detail ?? texts.outcome.interrupted} <ErrorCode reply={reply} />
        </Notice>
      );
    case "failed":
      return (
        <Notice tone="danger" action={again} className="mt-4">
          {reply.error_detail ?? texts.outcome.failed} <ErrorCode reply={reply} />
        </Notice>
      );
    default:
      return null;
  }
}

function ErrorCode({ reply }: { reply: Message }) {
  return reply.error_code && <code className="font-mono text-tiny">{reply.error_code}</code>;
}
