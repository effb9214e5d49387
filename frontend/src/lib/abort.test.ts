import { expect, test } from "vitest";
import { leashTo } from "./abort";

test("a leash ends with what it is tied to, and by itself", () => {
  const owner = new AbortController();
  const [first, second] = [leashTo(owner.signal), leashTo(owner.signal)];
  first.abort();
  expect([first.signal.aborted, second.signal.aborted, owner.signal.aborted]).toEqual([true, false, false]);
  owner.abort();
  expect(second.signal.aborted).toBe(true);
  expect(leashTo(owner.signal).signal.aborted).toBe(true);
});

test("a released leash outlives its owner", () => {
  const owner = new AbortController();
  const leash = leashTo(owner.signal);
  leash.release();
  owner.abort();
  expect(leash.signal.aborted).toBe(false);
});
