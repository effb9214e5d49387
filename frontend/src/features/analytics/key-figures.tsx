// The figures everybody looks at first. A figure that has just moved glows for a moment; nothing else moves.

import { useEffect, useRef, useState } from "react";
import type { Summary } from "@/api/types";
import { Card } from "@/components/card";
import { Skeleton } from "@/components/states";
import { classNames } from "@/lib/class-names";
import { formatCompact, formatCost, formatCount, formatDuration, formatShare } from "@/lib/format";
import { texts } from "./texts";

type Figure = { name: string; value: string; exact?: string; hint?: string };

const FIGURE_COUNT = 10;

export function KeyFigures({ summary }: { summary: Summary | undefined }) {
  return (
    <section
      aria-label={texts.cards.label}
      aria-busy={!summary}
      className="grid grid-cols-2 gap-3 @3xl:grid-cols-5"
    >
      {summary
        ? figuresOf(summary).map((figure) => <FigureCard key={figure.name} figure={figure} />)
        : Array.from({ length: FIGURE_COUNT }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: placeholders are all alike.
            <Skeleton key={index} className="h-[6.625rem] rounded-card" />
          ))}
    </section>
  );
}

function FigureCard({ figure }: { figure: Figure }) {
  const moves = useMoves(figure.value);
  return (
    <Card className="min-w-0 p-4">
      <h2 className="truncate text-small font-medium tracking-normal text-muted">{figure.name}</h2>
      <p
        key={moves}
        title={figure.exact}
        className={classNames(
          "mt-1.5 truncate text-[1.375rem] leading-8 font-semibold tracking-tight tabular-nums",
          moves > 0 && "animate-moved",
        )}
      >
        {figure.value}
      </p>
      <p className="min-h-[1.1rem] text-tiny text-balance text-muted">{figure.hint}</p>
    </Card>
  );
}

/** How often the value has changed since it was first shown: a new number starts the glow again. */
function useMoves(value: string): number {
  const last = useRef(value);
  const [moves, setMoves] = useState(0);
  useEffect(() => {
    if (last.current === value) return;
    last.current = value;
    setMoves((count) => count + 1);
  }, [value]);
  return moves;
}

function figuresOf(summary: Summary): Figure[] {
  const { cards } = texts;
  return [
    { name: cards.users, ...count(summary.total_users), hint: cards.usersHint },
    { name: cards.active, ...count(summary.active_users_today), hint: cards.activeHint },
    { name: cards.conversations, ...count(summary.total_conversations), hint: cards.usersHint },
    {
      name: cards.messages,
      ...count(summary.total_messages),
      hint: cards.messagesHint(formatCompact(summary.questions), formatCompact(summary.replies)),
    },
    {
      name: cards.tokens,
      ...count(summary.total_tokens_used),
      hint: cards.tokensHint(formatCompact(summary.input_tokens), formatCompact(summary.output_tokens)),
    },
    { name: cards.cost, value: formatCost(summary.cost_micro_usd), hint: cards.costHint },
    {
      name: cards.average,
      value: formatDuration(summary.avg_response_time),
      hint: cards.medianHint(formatDuration(summary.p50_response_time)),
    },
    {
      name: cards.p95,
      value: formatDuration(summary.p95_response_time),
      hint: cards.p99Hint(formatDuration(summary.p99_response_time)),
    },
    {
      name: cards.firstToken,
      value: formatDuration(summary.p50_time_to_first_token),
      hint: cards.p95Hint(formatDuration(summary.p95_time_to_first_token)),
    },
    {
      name: cards.errors,
      value: formatShare(summary.error_rate),
      hint: cards.errorsHint(formatCompact(summary.failed_turns), formatCompact(summary.turns)),
    },
  ];
}

function count(value: number): { value: string; exact: string } {
  return { value: formatCompact(value), exact: formatCount(value) };
}
