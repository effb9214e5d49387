// One question, in its bubble.

import { memo } from "react";
import type { Message } from "@/api/types";
import { formatMoment } from "@/lib/dates";
import { texts } from "./texts";

export const Question = memo(function Question({
  question,
  isSending,
}: {
  question: Message;
  isSending: boolean;
}) {
  return (
    <article aria-label={texts.messages.yours} className="flex flex-col items-end">
      <div
        title={formatMoment(question.created_at)}
        className="max-w-[88%] rounded-bubble rounded-ee-md bg-gradient-soft px-4 py-2.5 text-prose leading-relaxed wrap-anywhere whitespace-pre-wrap sm:max-w-[80%]"
      >
        {question.content}
      </div>
      {isSending && <p className="mt-1.5 text-tiny text-muted">{texts.messages.sending}</p>}
    </article>
  );
});
