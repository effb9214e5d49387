import { expect, test } from "vitest";
import {
  bestWay,
  type Choice,
  isResting,
  noteFailure,
  noteSuccess,
  noteUnreachable,
  unspoiled,
} from "./transport-choice";

const NOW = 1_000_000;
const failing = (choice: Choice, way: "socket" | "stream", now = NOW) => noteFailure(choice, way, now, 0.5);
const without = (...ways: ("socket" | "stream")[]) =>
  ways.reduce((choice, way) => noteSuccess(failing(choice, way), "polling"), unspoiled);

test("the socket is the first choice, then the stream, then asking", () => {
  expect(bestWay(unspoiled, NOW)).toBe("socket");
  expect(bestWay(without("socket"), NOW)).toBe("stream");
  expect(bestWay(without("socket", "stream"), NOW)).toBe("polling");
});

test("a way that failed is tried again after a while, later each time, never in step with other pages", () => {
  let choice = without("socket", "stream");
  expect(bestWay(choice, NOW + 29_999)).toBe("polling");
  expect(bestWay(choice, NOW + 30_000)).toBe("socket");
  choice = noteSuccess(failing(choice, "socket", NOW + 30_000), "polling");
  expect(bestWay(choice, NOW + 30_000)).toBe("stream");
  expect(isResting(choice, "socket", NOW + 89_999)).toBe(true);
  expect(isResting(choice, "socket", NOW + 90_000)).toBe(false);
  expect(noteFailure(unspoiled, "socket", NOW, 0).socket.restsUntil).toBe(NOW + 22_500);
  expect(noteFailure(unspoiled, "socket", NOW, 1).socket.restsUntil).toBe(NOW + 37_500);
});

test("the rest is never longer than ten minutes and a half of jitter", () => {
  let choice = unspoiled;
  for (let count = 0; count < 40; count += 1) choice = failing(choice, "stream");
  expect(choice.stream.restsUntil - NOW).toBe(600_000);
});

test("what works is sound again", () => {
  const choice = noteSuccess(without("socket"), "socket");
  expect(choice.socket.failures).toBe(0);
  expect(bestWay(choice, NOW)).toBe("socket");
});

test("while the network is away, no way is to blame", () => {
  const lost = failing(failing(unspoiled, "socket"), "stream");
  expect(bestWay(lost, NOW)).toBe("polling");
  expect(noteUnreachable(lost)).toEqual(unspoiled);
});

test("an outage does not rehabilitate a way that had failed before it", () => {
  const choice = noteUnreachable(failing(without("socket"), "stream"));
  expect(bestWay(choice, NOW)).toBe("stream");
  expect(noteUnreachable(without("socket", "stream"))).toEqual(without("socket", "stream"));
});

test("a way that fails again in an outage goes back to where it stood, not to the beginning", () => {
  const again = failing(without("socket"), "socket", NOW + 30_000);
  expect(noteUnreachable(again).socket.failures).toBe(1);
});
