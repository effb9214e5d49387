import { expect, test } from "vitest";
import { dayHeading, daysBefore, groupByDay } from "./dates";

const NOW = new Date(2026, 10, 21, 9, 30);
const local = (month: number, day: number, hour = 12, year = 2026) =>
  new Date(year, month - 1, day, hour).toISOString();

test.each([
  [local(11, 21, 0), "Today"],
  [local(11, 22, 0), "Today"],
  [local(11, 20, 23), "Yesterday"],
  [local(11, 19, 23), "Previous 7 days"],
  [local(11, 14, 0), "Previous 7 days"],
  [local(11, 13, 23), "Previous 30 days"],
  [local(10, 22, 0), "Previous 30 days"],
  [local(10, 21, 23), "October"],
  [local(12, 31, 12, 2025), "December 2025"],
])("%s stands under %s", (iso, heading) => expect(dayHeading(iso, NOW, "en-US")).toBe(heading));

test("groups keep the order of the list", () => {
  const items = [local(11, 21), local(11, 20, 22), local(11, 20, 8), local(3, 1)].map((at) => ({ at }));
  const groups = groupByDay(items, (item) => item.at, NOW, "en-US");
  expect(groups.map((group) => [group.heading, group.items.length])).toEqual([
    ["Today", 1],
    ["Yesterday", 2],
    ["March", 1],
  ]);
});

test("days before are calendar days", () => {
  expect(daysBefore(NOW, 21)).toEqual(new Date(2026, 9, 31));
});
