// The analytics panel: what is used, how fast it answers, what it costs; pushed, not polled.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { summaryQuery } from "@/api/analytics-service";
import { PageHeader } from "@/components/page-header";
import { ProblemState } from "@/components/problem-state";
import { SegmentedControl } from "@/components/segmented-control";
import { browserTimeZone } from "@/lib/dates";
import { useCurrentHour } from "@/lib/use-current-hour";
import { KeyFigures } from "./key-figures";
import { LiveFeed } from "./live-feed";
import { LivePill } from "./live-pill";
import { ModelsTable } from "./models-table";
import { OverTime } from "./over-time";
import { periodOf, type Range } from "./periods";
import { RequestsTable } from "./requests-table";
import { texts } from "./texts";
import { useLiveAnalytics } from "./use-live-analytics";

const RANGES = [
  { value: "day", label: texts.range.day },
  { value: "week", label: texts.range.week },
  { value: "month", label: texts.range.month },
] as const;

export function AnalyticsPage() {
  const [range, setRange] = useState<Range>("day");
  const period = periodOf(range, useCurrentHour(), browserTimeZone());
  const summary = useQuery(summaryQuery(period));
  const live = useLiveAnalytics(period);

  return (
    <>
      <PageHeader
        title={texts.title}
        actions={<LivePill summary={summary.data} isConnected={live.isConnected} />}
      />
      <div className="relative min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex @container max-w-[90rem] animate-fade flex-col gap-5 px-4 pt-1 pb-12 sm:px-6">
          <div>
            <SegmentedControl label={texts.range.label} segments={RANGES} value={range} onChange={setRange} />
          </div>
          {summary.isError && !summary.data ? (
            <ProblemState title={texts.failed} error={summary.error} onRetry={() => void summary.refetch()} />
          ) : (
            <KeyFigures summary={summary.data} />
          )}
          <OverTime period={period} range={range} />
          <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_22rem]">
            <ModelsTable period={period} />
            <LiveFeed turns={live.turns} />
          </div>
          <RequestsTable period={period} />
        </div>
      </div>
    </>
  );
}
