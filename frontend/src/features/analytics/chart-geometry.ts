// The measures of the chart: where a value and an interval stand within its frame. Pure.

import type { TimePoint } from "@/api/types";
import { valueTicks } from "./chart-scale";
import type { Metric } from "./metrics";

export const CHART_HEIGHT = 264;
export const MARGIN = { top: 10, right: 8, bottom: 28, left: 56 };

const WIDEST_BAR = 28;
const NARROWEST_BAR = 4;
const NARROWEST_GAP = 1;

/** What an interval needs for a bar that can still be seen and pointed at. */
export const NARROWEST_BAND = NARROWEST_BAR + NARROWEST_GAP;

export type Geometry = {
  width: number;
  innerWidth: number;
  /** The width of one interval. */
  band: number;
  barWidth: number;
  baseline: number;
  ticks: number[];
  x: (index: number) => number;
  y: (value: number) => number;
  indexAt: (x: number) => number;
};

export function geometryOf(points: TimePoint[], metric: Metric, width: number): Geometry {
  const innerWidth = innerWidthOf(width);
  const innerHeight = CHART_HEIGHT - MARGIN.top - MARGIN.bottom;
  const ticks = valueTicks(Math.max(0, ...points.map((point) => metric.valueOf(point) ?? 0)));
  const top = ticks.at(-1) ?? 1;
  const band = innerWidth / Math.max(1, points.length);
  return {
    width,
    innerWidth,
    band,
    barWidth: barWidthOf(band),
    baseline: MARGIN.top + innerHeight,
    ticks,
    x: (index) => MARGIN.left + band * (index + 0.5),
    y: (value) => MARGIN.top + innerHeight * (1 - value / top),
    indexAt: (x) => Math.min(points.length - 1, Math.max(0, Math.floor((x - MARGIN.left) / band))),
  };
}

export function innerWidthOf(width: number): number {
  return Math.max(0, width - MARGIN.left - MARGIN.right);
}

export function barWidthOf(band: number): number {
  const roomy = Math.min(WIDEST_BAR, band * 0.68);
  return Math.max(1, roomy, Math.min(NARROWEST_BAR, band - NARROWEST_GAP));
}
