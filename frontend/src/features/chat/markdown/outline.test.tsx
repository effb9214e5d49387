import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { MarkdownBlock } from "./markdown-block";
import { outlinesOf } from "./outline";
import { splitBlocks } from "./split-blocks";

/** The headings of a text, rendered block by block as a page does it. */
function headings(text: string): string[] {
  const blocks = splitBlocks(text);
  const outlines = outlinesOf(blocks);
  const page = document.createElement("div");
  page.innerHTML = blocks
    .map((block, index) =>
      renderToStaticMarkup(<MarkdownBlock text={block} outline={outlines[index] ?? ""} />),
    )
    .join("");
  return [...page.querySelectorAll("h1, h2, h3, h4, h5, h6")].map(
    (heading) => `${heading.tagName.toLowerCase()} ${heading.textContent}`,
  );
}

describe("headings stand under the page's own, without gaps:", () => {
  test.each([
    ["one that begins deep", "### a\n\ntext\n\n### b", ["h2 a", "h2 b"]],
    ["one that begins at the top", "# a\n\n## b\n\n# c", ["h2 a", "h3 b", "h2 c"]],
    ["a skipped level", "## a\n\n#### b\n\n#### c\n\n## d", ["h2 a", "h3 b", "h3 c", "h2 d"]],
    ["deep first, high later", "### a\n\n# b\n\n### c", ["h2 a", "h2 b", "h3 c"]],
    ["several in one block", "# a\n## b\ntext\n### c\n\n#### d", ["h2 a", "h3 b", "h4 c", "h5 d"]],
    ["underlined ones", "a\n===\n\nb\n---\n\n### c", ["h2 a", "h3 b", "h4 c"]],
    [
      "the deepest",
      "# a\n## b\n### c\n#### d\n##### e\n###### f",
      ["h2 a", "h3 b", "h4 c", "h5 d", "h6 e", "h6 f"],
    ],
    ["comments in code", "# a\n\n```sh\n# no\n## no\n```\n\n## b", ["h2 a", "h3 b"]],
    ["rules and tables", "# a\n\n---\n\n|x|\n|-|\n|y|\n\n## b", ["h2 a", "h3 b"]],
    ["quotations and lists", "# a\n\n> ## no\n\n- x\n\n  ## no\n\n### b", ["h2 a", "h3 b"]],
  ])("%s", (_, text, expected) => expect(headings(text)).toEqual(expected));
});

test("a heading keeps the look of the level it was written at, wherever it stands", () => {
  const html = renderToStaticMarkup(<MarkdownBlock text={"### a\n\n> # b"} outline="" />);
  expect(html).toContain('<h2 data-level="3">a</h2>');
  expect(html).toContain('<p data-level="1">b</p>');
});

test("a growing text never changes where an earlier block stands", () => {
  const text = "### a\n\ntext\n===\n\n```\n# no\n```\n\n# b\n\n## c\n\nd\n---\n\n### e";
  for (let length = 1; length < text.length; length += 1) {
    const before = outlinesOf(splitBlocks(text.slice(0, length)));
    const after = outlinesOf(splitBlocks(text.slice(0, length + 1)));
    expect(after.slice(0, before.length)).toEqual(before);
  }
});
