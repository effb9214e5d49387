// The parts of a context in their order, with their tokens, and why some of them are not sent.

import type { Context, ContextPart } from "@/api/types";
import { ScrollRegion } from "@/components/scroll-region";
import { classNames } from "@/lib/class-names";
import { formatCount } from "@/lib/format";
import { texts } from "./texts";

export function ContextParts({ context }: { context: Context }) {
  return (
    <section aria-labelledby="context-parts">
      <h3 id="context-parts" className="font-semibold">
        {texts.parts}
      </h3>
      <ScrollRegion className="thin-scrollbar mt-2 max-h-96 overflow-y-auto">
        <ol className="flex flex-col gap-1.5">
          {context.parts.map((part, index) => (
            <Part key={part.message_id ?? `${part.kind} ${index}`} part={part} summary={context.summary} />
          ))}
        </ol>
      </ScrollRegion>
    </section>
  );
}

function Part({ part, summary }: { part: ContextPart; summary: Context["summary"] }) {
  const reason = part.reason && texts.reasons[part.reason];
  return (
    <li
      className={classNames(
        "rounded-control border px-3 py-2 text-small [content-visibility:auto]",
        part.is_sent ? "border-line" : "border-dashed border-line-strong/50 bg-sunken text-muted",
      )}
    >
      <p className="flex items-baseline justify-between gap-3">
        <span className="font-medium">{nameOf(part)}</span>
        <span className="shrink-0 text-tiny text-muted tabular-nums">
          {part.is_sent ? "" : `${texts.notSent} · `}
          {texts.tokens(formatCount(part.tokens))}
        </span>
      </p>
      {part.preview && <p className="mt-0.5 truncate text-muted">{part.preview}</p>}
      {!part.is_sent && reason && <p className="mt-0.5 text-tiny">{reason}</p>}
      {part.kind === "summary" && summary && <Summary summary={summary} />}
    </li>
  );
}

function Summary({ summary }: { summary: NonNullable<Context["summary"]> }) {
  return (
    <details className="mt-1">
      <summary className="text-tiny text-muted">{texts.summary(summary.covers)}</summary>
      <p className="mt-1 wrap-anywhere whitespace-pre-wrap">{summary.content}</p>
      <p className="mt-1 text-tiny text-muted">{texts.summaryBy(summary.model)}</p>
    </details>
  );
}

function nameOf({ kind, role }: ContextPart): string {
  if (kind === "message") return role === "user" ? texts.yours : texts.theirs;
  return texts.kinds[kind];
}
