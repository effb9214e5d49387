// Models write `<br>` inside table cells, where markdown has no line break of its own. It is the only piece of
// HTML that means anything here; all other HTML is shown as the text it is.

type Node = { type: string; value?: string; children?: Node[] };

const LINE_BREAK = /^<br\s*\/?>$/i;

export function remarkLineBreaks() {
  return (tree: Node): void => breakLines(tree);
}

function breakLines(node: Node): void {
  for (const child of node.children ?? []) {
    if (child.type === "html" && LINE_BREAK.test(child.value ?? "")) {
      child.type = "break";
      delete child.value;
    }
    breakLines(child);
  }
}
