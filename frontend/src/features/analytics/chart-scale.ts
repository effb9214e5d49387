// Where things stand on the chart: round steps for the values, labels that do not collide for the times. Pure.

import type { Interval, TimePoint } from "@/api/types";

const STEPS = [1, 2, 2.5, 5, 10];

/** From zero upwards in round steps, the last at or above the highest value. */
export function valueTicks(highest: number, wanted = 4): number[] {
  if (highest <= 0) return [0, 1];
  const rough = highest / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  // Everything shown is counted in whole units: half a message is not a mark worth having.
  const step =
    STEPS.map((candidate) => candidate * power).find((size) => size >= rough && Number.isInteger(size)) ?? 1;
  return Array.from({ length: Math.ceil(highest / step) + 1 }, (_, index) => index * step);
}

export type TimeLabel = { index: number; text: string };

/** Labels at round times, far enough apart to be read. */
export function timeLabels(
  points: TimePoint[],
  {
    interval,
    widthPx,
    labelPx = 64,
    locale,
  }: { interval: Interval; widthPx: number; labelPx?: number; locale?: string },
): TimeLabel[] {
  const spansDays = interval === "day" || points.length > 48;
  const candidates = points.flatMap((point, index) => {
    const start = new Date(point.start);
    const isRound = interval === "day" || !spansDays || start.getHours() === 0;
    return isRound ? [{ index, text: labelOf(start, spansDays, locale) }] : [];
  });
  const most = Math.max(1, Math.floor(widthPx / labelPx));
  const every = Math.ceil(candidates.length / most);
  return candidates.filter((_, index) => index % every === 0);
}

export function momentOf(point: TimePoint, interval: Interval, locale?: string): string {
  const start = new Date(point.start);
  const day = start.toLocaleDateString(locale, { weekday: "short", day: "numeric", month: "short" });
  return interval === "day" ? day : `${day}, ${timeOf(start, locale)}`;
}

function labelOf(start: Date, spansDays: boolean, locale?: string): string {
  return spansDays
    ? start.toLocaleDateString(locale, { day: "numeric", month: "short" })
    : timeOf(start, locale);
}

function timeOf(date: Date, locale?: string): string {
  return date.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
}
