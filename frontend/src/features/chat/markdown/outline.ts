// The levels of an answer's headings, as the page needs them: the first stands right under the page's own heading and
// none skips a level, whatever the model wrote. A heading depends on those before it only, so that a growing answer
// never changes what is already rendered. Pure.

import { type Fence, fenceAfter, isListItem } from "./split-blocks";

/** The levels that were written on the way down to here, as digits: "24" is inside a #### inside a ##. */
export type Outline = string;

const PAGE_LEVEL = 1;
const DEEPEST_LEVEL = 6;
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]|$)/;
const UNDERLINE = /^ {0,3}(?:=+|-+)[ \t]*$/;
const PARAGRAPH = /^ {0,3}[^\s#>|]/;

export function withHeading(outline: Outline, level: number): Outline {
  const above = [...outline].filter((written) => Number(written) < level).join("");
  return `${above}${level}`;
}

export function levelShown(outline: Outline): number {
  return Math.min(DEEPEST_LEVEL, PAGE_LEVEL + outline.length);
}

/** Where each block of a text begins in the outline of the whole. */
export function outlinesOf(blocks: string[]): Outline[] {
  let outline: Outline = "";
  return blocks.map((block) => {
    const before = outline;
    for (const level of levelsWritten(block)) outline = withHeading(outline, level);
    return before;
  });
}

function levelsWritten(block: string): number[] {
  const levels: number[] = [];
  const isList = isListItem(block);
  let fence: Fence | null = null;
  let previous = "";
  for (const line of block.split("\n")) {
    const wasInFence = fence !== null;
    fence = fenceAfter(fence, line, isList);
    const isText = !wasInFence && fence === null;
    const level = isText ? levelOf(line, previous, isList) : null;
    if (level !== null) levels.push(level);
    previous = isText && level === null ? line : "";
  }
  return levels;
}

/** Headings inside a list's items are no part of the outline. */
function levelOf(line: string, previous: string, isList: boolean): number | null {
  if (isList && /^\s/.test(line)) return null;
  const marks = HEADING.exec(line)?.[1];
  if (marks) return marks.length;
  if (isList || !UNDERLINE.test(line) || !PARAGRAPH.test(previous)) return null;
  return line.includes("=") ? 1 : 2;
}
