// The lines and labels the marks of the chart stand against.

import type { TimeSeries } from "@/api/types";
import { CHART_HEIGHT, type Geometry, MARGIN } from "./chart-geometry";
import { timeLabels } from "./chart-scale";
import type { Metric } from "./metrics";

const LABEL = "fill-muted text-[0.6875rem] tabular-nums";

export function ChartAxes({ series, metric, at }: { series: TimeSeries; metric: Metric; at: Geometry }) {
  const labels = timeLabels(series.points, { interval: series.interval, widthPx: at.innerWidth });
  const format = metric.axisFormat(at.ticks);
  return (
    <>
      {at.ticks.map((tick) => (
        <g key={tick}>
          <line
            x1={MARGIN.left}
            x2={at.width - MARGIN.right}
            y1={at.y(tick)}
            y2={at.y(tick)}
            className="stroke-line"
          />
          <text x={MARGIN.left - 10} y={at.y(tick)} dy="0.32em" textAnchor="end" className={LABEL}>
            {format(tick)}
          </text>
        </g>
      ))}
      {labels.map((label) => (
        <text
          key={label.index}
          x={at.x(label.index)}
          y={CHART_HEIGHT - 8}
          textAnchor="middle"
          className={LABEL}
        >
          {label.text}
        </text>
      ))}
    </>
  );
}
