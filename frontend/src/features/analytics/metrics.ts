// The figures the chart can show: what each takes from an interval, how it is drawn and written. Pure.

import type { TimePoint } from "@/api/types";
import { costFormat, formatCompact, formatCost, formatCount, formatDuration } from "@/lib/format";
import { texts } from "./texts";

export type MetricName = "messages" | "tokens" | "cost" | "p95";

export type Metric = {
  label: string;
  /** Amounts add up and stand on the ground as bars; a latency is a line, broken where nothing happened. */
  shape: "bars" | "line";
  valueOf: (point: TimePoint) => number | null;
  format: (value: number) => string;
  /** How values that stand together along an axis are written. */
  axisFormat: (values: number[]) => (value: number) => string;
};

export const metrics: Record<MetricName, Metric> = {
  messages: {
    label: texts.chart.messages,
    shape: "bars",
    valueOf: (point) => point.messages,
    format: (value) => formatCount(value),
    axisFormat: () => (value) => formatCompact(value),
  },
  tokens: {
    label: texts.chart.tokens,
    shape: "bars",
    valueOf: (point) => point.input_tokens + point.output_tokens,
    format: (value) => formatCount(value),
    axisFormat: () => (value) => formatCompact(value),
  },
  cost: {
    label: texts.chart.cost,
    shape: "bars",
    valueOf: (point) => point.cost_micro_usd,
    format: (value) => formatCost(value),
    axisFormat: (values) => costFormat(values),
  },
  p95: {
    label: texts.chart.p95,
    shape: "line",
    valueOf: (point) => point.p95_response_time ?? null,
    format: (value) => formatDuration(value),
    axisFormat: () => (value) => formatDuration(value),
  },
};

/** One sentence about the whole series, for those who do not see it. */
export function describe(metric: Metric, points: TimePoint[]): string {
  const values = points.map(metric.valueOf).filter((value) => value !== null);
  const whole =
    metric.shape === "bars"
      ? texts.chart.total(metric.format(values.reduce((sum, value) => sum + value, 0)))
      : texts.chart.highest(metric.format(Math.max(0, ...values)));
  return texts.chart.summary(metric.label, points.length, whole);
}
