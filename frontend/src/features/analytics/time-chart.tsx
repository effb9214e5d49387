// A chart over time, drawn in SVG. Pointer and arrow keys walk along it; a screen reader hears each value.

import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import type { TimeSeries } from "@/api/types";
import { useWidth } from "@/lib/use-width";
import { ChartAxes } from "./chart-axes";
import { CHART_HEIGHT, geometryOf } from "./chart-geometry";
import { momentOf } from "./chart-scale";
import { ChartShape } from "./chart-shape";
import { describe, type Metric } from "./metrics";
import { texts } from "./texts";

export function TimeChart({ series, metric }: { series: TimeSeries; metric: Metric }) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const [active, setActive] = useState<number | null>(null);
  const { points } = series;
  const at = geometryOf(points, metric, width);
  const last = points.length - 1;

  const walk = (event: KeyboardEvent) => {
    const next = nextIndex(event.key, active ?? last, last);
    if (next === undefined) return;
    event.preventDefault();
    setActive(next);
  };
  const point = (event: PointerEvent<HTMLDivElement>) => {
    setActive(at.indexAt(event.clientX - event.currentTarget.getBoundingClientRect().left));
  };

  return (
    <div
      ref={frame}
      role="slider"
      tabIndex={0}
      aria-label={`${describe(metric, points)} ${texts.chart.keys}`}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={active ?? last}
      aria-valuetext={valueText(series, metric, active ?? last)}
      onKeyDown={walk}
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={() => setActive(null)}
      onBlur={() => setActive(null)}
      className="relative touch-pan-y rounded-lg"
      style={{ height: CHART_HEIGHT }}
    >
      {width > 0 && (
        <svg width={width} height={CHART_HEIGHT} aria-hidden="true" className="block">
          <ChartAxes series={series} metric={metric} at={at} />
          <ChartShape values={points.map(metric.valueOf)} shape={metric.shape} at={at} active={active} />
        </svg>
      )}
      {active !== null && <Reading text={valueText(series, metric, active)} x={at.x(active)} width={width} />}
    </div>
  );
}

const HALF_READING_PX = 96;

function Reading({ text, x, width }: { text: string; x: number; width: number }) {
  const left = Math.min(Math.max(x, HALF_READING_PX), Math.max(HALF_READING_PX, width - HALF_READING_PX));
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute top-1 z-10 -translate-x-1/2 rounded-lg bg-ink px-2.5 py-1.5 text-tiny font-medium whitespace-nowrap text-canvas tabular-nums shadow-raised"
      style={{ left }}
    >
      {text}
    </div>
  );
}

function valueText({ points, interval }: TimeSeries, metric: Metric, index: number): string {
  const point = points[index];
  if (!point) return "";
  const value = metric.valueOf(point);
  return `${momentOf(point, interval)}: ${value === null ? "–" : metric.format(value)}`;
}

function nextIndex(key: string, index: number, last: number): number | undefined {
  const moves: Record<string, number> = {
    ArrowLeft: Math.max(0, index - 1),
    ArrowRight: Math.min(last, index + 1),
    Home: 0,
    End: last,
  };
  return moves[key];
}
