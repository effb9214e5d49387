import { expect, test } from "vitest";
import { barWidthOf, innerWidthOf } from "./chart-geometry";
import { intervalOf, periodOf } from "./periods";

const NOW = new Date(2026, 10, 21, 9, 30);

test("a day is the last 24 hours in whole hours", () => {
  expect(new Date(periodOf("day", NOW, "UTC").from).getTime()).toBe(
    Math.floor(NOW.getTime() / 3.6e6) * 3.6e6 - 23 * 3.6e6,
  );
});

test("a week and a month begin at a local midnight and end today", () => {
  expect(new Date(periodOf("week", NOW, "UTC").from)).toEqual(new Date(2026, 10, 15));
  expect(new Date(periodOf("month", NOW, "UTC").from)).toEqual(new Date(2026, 9, 23));
});

test.each([
  ["day", 300, "hour"],
  ["day", 1_100, "hour"],
  ["week", 300, "day"],
  ["week", 900, "day"],
  ["week", 1_056, "hour"],
  ["month", 1_100, "day"],
] as const)("a %s in %i pixels is told by the interval %s", (range, width, interval) => {
  expect(intervalOf(range, width)).toBe(interval);
});

test("an hour of a week is never a hairline", () => {
  for (let width = 300; width < 1_600; width += 1) {
    if (intervalOf("week", width) === "hour") {
      expect(barWidthOf(innerWidthOf(width) / (7 * 24))).toBeGreaterThanOrEqual(4);
    }
  }
});
