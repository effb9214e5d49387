// How full the context is, beside the composer; opens the panel that shows what is in it.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { contextQuery } from "@/api/chat-service";
import type { Conversation, Model } from "@/api/types";
import { Tooltip } from "@/components/tooltip";
import { formatCompact } from "@/lib/format";
import { texts } from "../texts";

const ContextPanel = lazy(async () => ({ default: (await import("./context-panel")).ContextPanel }));

export function ContextButton({
  conversation,
  model,
  parentId,
  isQuiet,
}: {
  conversation: Conversation;
  model: Model;
  parentId: string | null;
  /** While an answer is written the figure stays; it is looked up again afterwards. */
  isQuiet: boolean;
}) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && !isOpen) button.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  const context = useQuery({
    ...contextQuery(conversation.id, parentId, model.id),
    enabled: isQuiet,
    placeholderData: keepPreviousData,
  });
  const figures = context.data && {
    tokens: formatCompact(context.data.tokens),
    budget: formatCompact(context.data.budget),
    share: Math.min(1, context.data.tokens / Math.max(1, context.data.budget)),
  };
  const spoken = figures ? texts.context.spoken(figures.tokens, figures.budget) : texts.context.open;
  return (
    <>
      <Tooltip text={spoken}>
        <button
          ref={button}
          type="button"
          aria-label={spoken}
          aria-haspopup="dialog"
          onClick={() => setOpen(true)}
          className="flex h-9 shrink-0 items-center gap-2 rounded-control px-2 text-small text-muted tabular-nums hover:bg-hover hover:text-ink"
        >
          <Ring share={figures?.share ?? 0} />
          {figures && (
            <span className="max-md:hidden">{texts.context.of(figures.tokens, figures.budget)}</span>
          )}
        </button>
      </Tooltip>
      {isOpen && (
        <Suspense>
          <ContextPanel
            conversation={conversation}
            model={model}
            context={context.data}
            error={context.error}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </>
  );
}

const RADIUS = 7;
const LENGTH = 2 * Math.PI * RADIUS;

function Ring({ share }: { share: number }) {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true" className="size-5 -rotate-90">
      <circle cx="10" cy="10" r={RADIUS} fill="none" stroke="var(--pressed)" strokeWidth="3" />
      <circle
        cx="10"
        cy="10"
        r={RADIUS}
        fill="none"
        stroke={share > 0.9 ? "var(--warning)" : "var(--accent)"}
        strokeWidth="3"
        strokeDasharray={`${Math.max(share, 0.02) * LENGTH} ${LENGTH}`}
      />
    </svg>
  );
}
