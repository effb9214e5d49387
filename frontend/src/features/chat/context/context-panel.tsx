// The context of a conversation: what is sent with the next question, what is not and why, and how to change it.

import { useQuery } from "@tanstack/react-query";
import { toolsQuery } from "@/api/chat-service";
import type { Context, Conversation, Model } from "@/api/types";
import { Badge } from "@/components/badge";
import { Sheet } from "@/components/dialog";
import { Notice } from "@/components/notice";
import { ProblemState } from "@/components/problem-state";
import { ScrollRegion } from "@/components/scroll-region";
import { Skeleton } from "@/components/states";
import { formatCompact, formatCount } from "@/lib/format";
import { ContextParts } from "./context-parts";
import { ParametersForm } from "./parameters-form";
import { PolicyForm } from "./policy-form";
import { texts } from "./texts";

export function ContextPanel({
  conversation,
  model,
  context,
  error,
  onClose,
}: {
  conversation: Conversation;
  model: Model;
  context: Context | undefined;
  error: Error | null;
  onClose: () => void;
}) {
  return (
    <Sheet
      isOpen
      onOpenChange={(isOpen) => isOpen || onClose()}
      title={texts.title}
      description={texts.description(model.name)}
    >
      <ScrollRegion
        label={texts.title}
        className="thin-scrollbar flex min-h-0 flex-1 flex-col gap-7 overflow-y-auto px-5 py-5 sm:px-6"
      >
        {error && !context && <ProblemState title={texts.failed} error={error} />}
        {!error && !context && <Skeleton className="h-24 w-full" />}
        {context && <Fullness context={context} />}
        <PolicyForm conversation={conversation} />
        {context && <ContextParts context={context} />}
        <ParametersForm conversation={conversation} model={model} />
        {model.capabilities.includes("tools") && <Tools />}
      </ScrollRegion>
    </Sheet>
  );
}

function Fullness({ context }: { context: Context }) {
  const { tokens, budget, window, counting, left_out: leftOut, fits } = context;
  const percent = Math.min(100, (tokens / Math.max(1, budget)) * 100);
  return (
    <section>
      <p className="text-title font-semibold tabular-nums">
        {texts.used(formatCount(tokens), formatCount(budget))}
      </p>
      <div aria-hidden="true" className="my-2 h-2 overflow-hidden rounded-full bg-pressed">
        <div className="h-full rounded-full bg-gradient-accent" style={{ width: `${percent}%` }} />
      </div>
      <p className="text-small text-muted">
        {texts.counting[counting]} {texts.window(formatCompact(window))}
      </p>
      {leftOut > 0 && <Notice className="mt-3">{texts.leftOut(leftOut)}</Notice>}
      {!fits && (
        <Notice tone="warning" className="mt-3">
          {texts.nothingFits}
        </Notice>
      )}
    </section>
  );
}

function Tools() {
  const tools = useQuery(toolsQuery).data ?? [];
  if (tools.length === 0) return null;
  return (
    <section aria-labelledby="context-tools">
      <h3 id="context-tools" className="font-semibold">
        {texts.tools.title}
      </h3>
      <ul className="mt-2 flex flex-col gap-2">
        {tools.map((tool) => (
          <li key={tool.name} className="text-small">
            <span className="font-mono">{tool.name}</span>{" "}
            {!tool.is_available && <Badge tone="warning">{texts.tools.away}</Badge>}
            <span className="block text-muted">{tool.description}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
