// The periods to choose from, as the services want them. Pure.

import type { Period } from "@/api/analytics-service";
import type { Interval } from "@/api/types";
import { daysBefore } from "@/lib/dates";
import { innerWidthOf, NARROWEST_BAND } from "./chart-geometry";

export type Range = "day" | "week" | "month";

const HOUR_MS = 3_600_000;

const HOURS_OF_A_WEEK = 7 * 24;

/** As fine as the width of the chart has room for. */
export function intervalOf(range: Range, chartWidth: number): Interval {
  if (range === "day") return "hour";
  const hasRoom = innerWidthOf(chartWidth) >= HOURS_OF_A_WEEK * NARROWEST_BAND;
  return range === "week" && hasRoom ? "hour" : "day";
}

/** Begins on a whole hour or a local midnight, so that the first interval is not half of one. */
export function periodOf(range: Range, now: Date, tz: string): Period {
  return { from: startOf(range, now).toISOString().replace(".000Z", "Z"), tz };
}

function startOf(range: Range, now: Date): Date {
  if (range === "week") return daysBefore(now, 6);
  if (range === "month") return daysBefore(now, 29);
  return new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS - 23 * HOUR_MS);
}
