import { expect, test } from "vitest";
import { newId, uuidFrom } from "./ids";

const VERSION_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("an id is a version 4 UUID, also without a secure context", () => {
  expect(newId()).toMatch(VERSION_4);
  expect(uuidFrom(new Uint8Array(16).fill(0xff))).toBe("ffffffff-ffff-4fff-bfff-ffffffffffff");
});
