import { expect, test } from "vitest";
import { titleFrom } from "./conversation-title";

test.each([
  ["Hello", "Hello"],
  ["  Two   spaces\nand a second line", "Two spaces"],
  [`${"word ".repeat(20)}`, `${"word ".repeat(12).trim()}…`],
  ["x".repeat(80), `${"x".repeat(60)}…`],
  ["👋".repeat(61), `${"👋".repeat(60)}…`],
])("%j is titled %j", (question, title) => expect(titleFrom(question)).toBe(title));
