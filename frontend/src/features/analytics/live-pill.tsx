// Whether the figures are live, and if not, of when they are.

import type { Summary } from "@/api/types";
import { Badge } from "@/components/badge";
import { classNames } from "@/lib/class-names";
import { formatClock } from "@/lib/dates";
import { texts } from "./texts";

export function LivePill({ summary, isConnected }: { summary: Summary | undefined; isConnected: boolean }) {
  const isLive = isConnected && summary?.is_live === true;
  const asOf = summary?.as_of ? texts.status.asOf(formatClock(new Date(summary.as_of))) : null;
  return (
    <div role="status" className="flex items-center gap-2">
      {!isConnected && asOf && <span className="text-tiny text-muted max-sm:sr-only">{asOf}</span>}
      <Badge tone={isLive ? "success" : "warning"}>
        <span className={classNames("size-1.5 rounded-full bg-current", !isConnected && "animate-breathe")} />
        {isLive
          ? texts.status.live
          : isConnected
            ? (asOf ?? texts.status.waiting)
            : texts.status.reconnecting}
      </Badge>
    </div>
  );
}
