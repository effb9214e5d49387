// Headings at the level the page needs, which keep the look of the level that was written. Those inside quotations
// and lists only look like headings: they begin no part of the answer.

import { levelShown, type Outline, withHeading } from "./outline";

type Node = {
  type: string;
  depth?: number;
  data?: { hName?: string; hProperties?: Record<string, unknown> };
  children?: Node[];
};

export function remarkOutline({ before }: { before: Outline }) {
  return (tree: Node): void => {
    let outline = before;
    for (const node of tree.children ?? []) {
      if (node.type === "heading" && node.depth) {
        outline = withHeading(outline, node.depth);
        showAs(node, `h${levelShown(outline)}`);
      } else flatten(node);
    }
  };
}

function flatten(node: Node): void {
  for (const child of node.children ?? []) {
    if (child.type === "heading") showAs(child, "p");
    else flatten(child);
  }
}

function showAs(heading: Node, hName: string): void {
  heading.data = { ...heading.data, hName, hProperties: { dataLevel: heading.depth } };
}
