// The latest turns as they end: numbers, never words.

import type { LiveTurn, Outcome } from "@/api/types";
import { Badge, type BadgeTone } from "@/components/badge";
import { Section } from "@/components/card";
import { formatClock } from "@/lib/dates";
import { formatCompact, formatDuration } from "@/lib/format";
import { texts } from "./texts";

const TONES: Record<Outcome, BadgeTone> = {
  finished: "success",
  stopped: "neutral",
  failed: "danger",
  interrupted: "warning",
};

export function LiveFeed({ turns }: { turns: LiveTurn[] }) {
  return (
    <Section id="feed" title={texts.feed.title} description={texts.feed.lead}>
      {turns.length === 0 && <p className="py-4 text-small text-muted">{texts.feed.empty}</p>}
      <ol className="flex flex-col">
        {turns.map((turn) => (
          <li
            key={turn.turn_id}
            className="flex animate-rise items-center justify-between gap-3 border-b border-line py-2.5 text-small last:border-b-0 last:pb-0"
          >
            <span className="min-w-0">
              <span className="block truncate font-medium">{turn.model}</span>
              <span className="block text-tiny text-muted tabular-nums">
                {texts.feed.tokens(formatCompact(turn.input_tokens), formatCompact(turn.output_tokens))} ·{" "}
                {formatDuration(turn.duration_ms)}
              </span>
            </span>
            <span className="flex shrink-0 flex-col items-end gap-1">
              <Badge tone={TONES[turn.outcome]}>{turn.outcome}</Badge>
              <time dateTime={turn.finished_at} className="text-tiny text-muted tabular-nums">
                {formatClock(new Date(turn.finished_at))}
              </time>
            </span>
          </li>
        ))}
      </ol>
    </Section>
  );
}
