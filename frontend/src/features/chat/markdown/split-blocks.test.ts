import { describe, expect, test } from "vitest";
import { splitBlocks } from "./split-blocks";

test("cuts at blank lines", () => {
  expect(splitBlocks("# Title\n\nOne\nmore.\n\n\nTwo.\n")).toEqual(["# Title", "One\nmore.", "Two."]);
});

test("gives nothing for nothing", () => {
  expect(splitBlocks("")).toEqual([]);
  expect(splitBlocks("\n\n")).toEqual([]);
});

describe("does not cut", () => {
  test.each([
    ["a fence", "```python\na = 1\n\nb = 2\n```"],
    ["a fence of tildes that holds backticks", "~~~\n```\n\nx\n~~~"],
    ["a longer fence that holds a shorter one", "````md\n```\n\ncode\n```\n\n````"],
    ["a fence that is still being written", "```js\nlet a;\n\nlet b;"],
    ["a loose list", "- one\n\n- two\n\n  more of two\n\n1. other"],
    ["a fence inside a list item", "1. do\n\n   ```sh\n   a\n\n   b\n   ```\n\n2. then"],
    ["footnotes", "Text[^1].\n\nMore.\n\n[^1]: The note."],
  ])("inside %s", (_, text) => expect(splitBlocks(text)).toEqual([text]));
});

test("goes on cutting after a fence", () => {
  expect(splitBlocks("a\n\n```\nx\n\ny\n```\n\nb")).toEqual(["a", "```\nx\n\ny\n```", "b"]);
});

test("a line of inline code is not a fence", () => {
  expect(splitBlocks("```one``` line\n\nnext")).toEqual(["```one``` line", "next"]);
});

test("a paragraph after a list is its own block", () => {
  expect(splitBlocks("- one\n- two\n\nAfter.")).toEqual(["- one\n- two", "After."]);
});

test("link definitions reach the blocks that may use them", () => {
  expect(splitBlocks("See [docs].\n\nPlain.\n\n[docs]: https://example.com")).toEqual([
    "See [docs].\n\n[docs]: https://example.com",
    "Plain.",
    "[docs]: https://example.com\n\n[docs]: https://example.com",
  ]);
});

test("a growing text changes only its last block", () => {
  const text = "One.\n\n- a\n- b\n\n```\ncode\n\nmore\n```\n\nThe end.";
  for (let length = 1; length < text.length; length += 1) {
    const before = splitBlocks(text.slice(0, length));
    const after = splitBlocks(text.slice(0, length + 1));
    expect(after.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
  }
});
