import { expect, test } from "vitest";
import { costFormat, formatCompact, formatCost, formatDuration, formatShare } from "./format";

test.each([
  [0, "0"],
  [9_999, "9,999"],
  [12_840, "12.8K"],
  [1_284_000, "1.28M"],
])("%i is counted as %s", (value, text) => expect(formatCompact(value, "en-US")).toBe(text));

test.each([
  [null, "–"],
  [0, "0 ms"],
  [842.4, "842 ms"],
  [1_000, "1 s"],
  [3_240, "3.2 s"],
  [59_949, "59.9 s"],
  [60_000, "1 min"],
  [64_000, "1 min 4 s"],
])("%s ms is read as %s", (durationMs, text) => expect(formatDuration(durationMs, "en-US")).toBe(text));

test.each([
  [0, "$0.00"],
  [231, "$0.0002"],
  [12_300, "$0.0123"],
  [99_999, "$0.1000"],
  [100_000, "$0.10"],
  [935_700, "$0.94"],
  [18_423_000, "$18.42"],
])("%i micro-dollars cost %s", (microUsd, text) => expect(formatCost(microUsd, "en-US")).toBe(text));

test.each([
  [
    [935_700, 1_880_000, 0],
    ["$0.94", "$1.88", "$0.00"],
  ],
  [
    [935_700, 1_880_000, 0, 231],
    ["$0.9357", "$1.8800", "$0.0000", "$0.0002"],
  ],
])("%j in one column have the same digits", (amounts, texts) => {
  expect(amounts.map(costFormat(amounts, "en-US"))).toEqual(texts);
});

test.each([
  [null, "–"],
  [0, "0%"],
  [0.0132, "1.32%"],
  [0.25, "25%"],
])("the share %s is %s", (share, text) => expect(formatShare(share, "en-US")).toBe(text));
