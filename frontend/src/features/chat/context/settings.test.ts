import { expect, test } from "vitest";
import { MESSAGES, numberFrom, PARAMETERS, stopsFrom } from "./settings";

test.each([
  ["", null],
  [" 0.7 ", 0.7],
  ["0,7", 0.7],
  ["2.1", undefined],
  ["-1", undefined],
  ["warm", undefined],
  ["1e400", undefined],
])("the temperature %j is %j", (typed, expected) =>
  expect(numberFrom(typed, PARAMETERS.temperature)).toBe(expected),
);

test("messages are counted whole", () => {
  expect(numberFrom("12", MESSAGES)).toBe(12);
  expect(numberFrom("1.5", MESSAGES)).toBeUndefined();
});

test("stop texts keep their spaces, and there are four at most", () => {
  expect(stopsFrom(" a\n\nb\nc\nd\ne")).toEqual([" a", "b", "c", "d"]);
});
