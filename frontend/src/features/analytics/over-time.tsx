// One figure over time, as a chart or as a table.

import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { type Period, timeSeriesQuery } from "@/api/analytics-service";
import type { TimePoint, TimeSeries } from "@/api/types";
import { Section } from "@/components/card";
import { DataTable } from "@/components/data-table";
import { ProblemState } from "@/components/problem-state";
import { SegmentedControl } from "@/components/segmented-control";
import { EmptyState, Skeleton } from "@/components/states";
import { costFormat, formatCount, formatDuration } from "@/lib/format";
import { useWidth } from "@/lib/use-width";
import { momentOf } from "./chart-scale";
import { type MetricName, metrics } from "./metrics";
import { intervalOf, type Range } from "./periods";
import { texts } from "./texts";
import { TimeChart } from "./time-chart";

const { chart } = texts;
const METRICS = (Object.keys(metrics) as MetricName[]).map((name) => ({
  value: name,
  label: metrics[name].label,
}));
const VIEWS = [
  { value: "chart", label: chart.asChart, icon: "chart" },
  { value: "table", label: chart.asTable, icon: "table" },
] as const;

export function OverTime({ period, range }: { period: Period; range: Range }) {
  const [metricName, setMetricName] = useState<MetricName>("messages");
  const [view, setView] = useState<"chart" | "table">("chart");
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const query = useQuery({ ...timeSeriesQuery(period, intervalOf(range, width)), enabled: width > 0 });

  return (
    <Section
      id="over-time"
      title={chart.title}
      actions={
        <div className="flex max-w-full flex-wrap gap-2">
          <SegmentedControl
            label={chart.metric}
            segments={METRICS}
            value={metricName}
            onChange={setMetricName}
          />
          <SegmentedControl label={chart.view} segments={VIEWS} value={view} onChange={setView} />
        </div>
      }
    >
      <div ref={frame}>
        {query.data ? (
          <Figures series={query.data} metricName={metricName} view={view} />
        ) : query.isError ? (
          <ProblemState title={chart.failed} error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Skeleton className="h-66" />
        )}
      </div>
    </Section>
  );
}

function Figures({ series, metricName, view }: { series: TimeSeries; metricName: MetricName; view: string }) {
  if (!series.points.some((point) => point.messages > 0 || point.turns > 0)) {
    return (
      <EmptyState icon="chart" title={chart.empty}>
        {chart.emptyText}
      </EmptyState>
    );
  }
  if (view === "table") return <PointsTable series={series} />;
  return <TimeChart series={series} metric={metrics[metricName]} />;
}

function PointsTable({ series }: { series: TimeSeries }) {
  const formatCost = costFormat(series.points.map((point) => point.cost_micro_usd));
  return (
    <DataTable<TimePoint>
      caption={chart.title}
      className="max-h-66"
      rows={series.points.toReversed()}
      keyOf={(point) => point.start}
      columns={[
        { title: chart.time, cell: (point) => momentOf(point, series.interval) },
        { title: chart.messages, isNumber: true, cell: (point) => formatCount(point.messages) },
        {
          title: chart.tokens,
          isNumber: true,
          cell: (point) => formatCount(point.input_tokens + point.output_tokens),
        },
        { title: chart.cost, isNumber: true, cell: (point) => formatCost(point.cost_micro_usd) },
        { title: chart.p95, isNumber: true, cell: (point) => formatDuration(point.p95_response_time) },
      ]}
    />
  );
}
