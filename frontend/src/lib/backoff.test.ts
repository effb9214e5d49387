import { expect, test } from "vitest";
import { backoffDelayMs, pause } from "./backoff";

test("waits longer each time, up to ten seconds, never twice the same for two clients", () => {
  expect([0, 1, 2, 3].map((attempt) => backoffDelayMs(attempt, 1))).toEqual([400, 800, 1_600, 3_200]);
  expect(backoffDelayMs(50, 1)).toBe(10_000);
  expect(backoffDelayMs(2, 0)).toBe(800);
});

test("a pause ends at once when the page lets go", async () => {
  const leaving = new AbortController();
  const paused = pause(60_000, leaving.signal);
  leaving.abort();
  await expect(paused).resolves.toBeUndefined();
});
