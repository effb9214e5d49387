// The quiet line under an answer: copy it, and see who gave it, how long it took and what it used.

import { useEffect, useState } from "react";
import type { Message } from "@/api/types";
import { IconButton } from "@/components/button";
import { copyText } from "@/lib/clipboard";
import { formatMoment } from "@/lib/dates";
import { formatCount, formatDuration } from "@/lib/format";
import { AgainMenu } from "./again-menu";
import { nameOf, useChatActions } from "./chat-actions";
import { texts } from "./texts";
import { VersionSwitch } from "./version-switch";

const COPIED_SHOWN_MS = 2_000;

export function ReplyMeta({
  reply,
  mayAct,
  place,
  versions,
}: {
  reply: Message;
  mayAct: boolean;
  place: number;
  versions: string;
}) {
  const { models } = useChatActions();
  return (
    <div className="mt-1.5 -ms-2 flex min-h-8 flex-wrap items-center gap-x-1 text-tiny text-muted">
      <VersionSwitch place={place} versions={versions} />
      {reply.content !== "" && <CopyReply text={reply.content} />}
      {mayAct && <AgainMenu reply={reply} />}
      <p className="min-w-0 opacity-0 transition-opacity duration-(--calm) group-focus-within/reply:opacity-100 group-hover/reply:opacity-100 pointer-coarse:opacity-100">
        {factsOf(reply, nameOf(models, reply.model)).join("  ·  ")}
      </p>
    </div>
  );
}

function CopyReply({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <IconButton
      label={texts.copy}
      hint={isCopied ? texts.copied : texts.copy}
      icon={isCopied ? "check" : "copy"}
      isSmall
      onClick={async () => setCopied(await copyText(text))}
      className="text-muted"
    />
  );
}

function factsOf(reply: Message, modelName: string | null): string[] {
  const about = reply.usage_source === "estimated" ? "about " : "";
  return [
    modelName,
    reply.input_tokens !== null && reply.output_tokens !== null
      ? `${about}${formatCount(reply.input_tokens)} in, ${formatCount(reply.output_tokens)} out`
      : null,
    reply.duration_ms !== null ? formatDuration(reply.duration_ms) : null,
    formatMoment(reply.finished_at ?? reply.created_at),
  ].filter((fact) => fact !== null);
}
