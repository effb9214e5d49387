// Why a question was not taken. Its text is back in the composer.

import type { Problem } from "@/api/problem";
import { IconButton } from "@/components/button";
import { Notice } from "@/components/notice";
import { texts } from "./texts";

export function RefusalNote({ problem, onDismiss }: { problem: Problem | null; onDismiss: () => void }) {
  if (!problem) return null;
  const seconds = problem.facts.retryAfterSeconds;
  return (
    <Notice
      tone="warning"
      isUrgent
      className="mb-2"
      action={
        <IconButton
          label="Dismiss"
          icon="close"
          isSmall
          onClick={onDismiss}
          className="-my-1 -me-1.5 text-current"
        />
      }
    >
      {problem.detail} {seconds ? `Try again in ${Math.ceil(seconds)} s. ` : ""}
      {texts.refused}
    </Notice>
  );
}
