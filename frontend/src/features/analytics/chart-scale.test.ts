import { expect, test } from "vitest";
import type { TimePoint } from "@/api/types";
import { timeLabels, valueTicks } from "./chart-scale";

test.each([
  [0, [0, 1]],
  [3, [0, 1, 2, 3]],
  [96, [0, 25, 50, 75, 100]],
  [1_000, [0, 250, 500, 750, 1_000]],
  [2, [0, 1, 2]],
  [9, [0, 5, 10]],
])("up to %s the ticks are %s", (highest, ticks) => {
  expect(valueTicks(highest)).toEqual(ticks);
});

const hours = (count: number) =>
  Array.from(
    { length: count },
    (_, hour) => ({ start: new Date(2026, 10, 16, hour).toISOString() }) as TimePoint,
  );

test("labels never collide", () => {
  const labels = timeLabels(hours(24), { interval: "hour", widthPx: 640, locale: "en-GB" });
  expect(labels.length).toBeLessThanOrEqual(10);
  expect(labels[0]).toEqual({ index: 0, text: "00:00" });
});

test("over several days the labels are the days, at their midnights", () => {
  const labels = timeLabels(hours(24 * 7), { interval: "hour", widthPx: 900, locale: "en-GB" });
  expect(labels.map(({ index }) => index)).toEqual([0, 24, 48, 72, 96, 120, 144]);
  expect(labels[1]?.text).toBe("17 Nov");
});
