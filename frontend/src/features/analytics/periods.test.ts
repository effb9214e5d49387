import { expect, test } from "vitest";
import { periodOf } from "./periods";

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
