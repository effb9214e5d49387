// Cuts markdown into blocks that can be rendered each on its own, so that a streamed answer re-renders only its
// last one. Cutting too rarely is slow; cutting inside something would be wrong: in doubt it does not cut.

const FENCE = /^(\s*)(`{3,}|~{3,})(.*)$/;
const LIST_ITEM = /^\s{0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;
const INDENTED = /^(?: {2,}|\t)/;
const FOOTNOTE = /^ {0,3}\[\^[^\]]+\]:/m;
const DEFINITION = /^ {0,3}\[(?!\^)[^\]]+\]:\s*\S/;

export type Fence = { mark: string; length: number };

export function splitBlocks(text: string): string[] {
  // Footnotes are numbered through the whole text.
  if (FOOTNOTE.test(text)) return [text];
  const { blocks, definitions } = cut(text);
  if (definitions.length === 0) return blocks;
  const known = definitions.join("\n");
  return blocks.map((block) => (block.includes("[") ? `${block}\n\n${known}` : block));
}

function cut(text: string): { blocks: string[]; definitions: string[] } {
  const blocks: string[] = [];
  const definitions: string[] = [];
  let lines: string[] = [];
  let fence: Fence | null = null;
  let isAfterBlank = false;

  for (const line of text.split("\n")) {
    const isBlank = line.trim() === "";
    if (!fence && !isBlank && isAfterBlank && !continues(lines, line)) {
      blocks.push(lines.join("\n").trimEnd());
      lines = [];
    }
    if (!fence && DEFINITION.test(line)) definitions.push(line.trim());
    fence = fenceAfter(fence, line, isListItem(lines[0]));
    isAfterBlank = isBlank && !fence;
    if (!isBlank || lines.length > 0) lines.push(line);
  }
  if (lines.some((line) => line.trim() !== "")) blocks.push(lines.join("\n").trimEnd());
  return { blocks: blocks.filter((block) => block !== ""), definitions };
}

/** A blank line inside a list does not end it when an item or its indented text follows. */
function continues(lines: string[], next: string): boolean {
  return lines.length === 0 || (isListItem(lines[0]) && (LIST_ITEM.test(next) || INDENTED.test(next)));
}

export function isListItem(line = ""): boolean {
  return LIST_ITEM.test(line);
}

export function fenceAfter(open: Fence | null, line: string, isInList: boolean): Fence | null {
  const match = FENCE.exec(line);
  if (!match) return open;
  const [, indent = "", marks = "", info = ""] = match;
  const mark = marks.charAt(0);
  if (open) return mark === open.mark && marks.length >= open.length && info.trim() === "" ? null : open;
  const isIndentedCode = indent.length > 3 && !isInList;
  const isInlineCode = mark === "`" && info.includes("`");
  return isIndentedCode || isInlineCode ? open : { mark, length: marks.length };
}
