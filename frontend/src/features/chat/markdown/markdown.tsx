// A whole markdown text, rendered block by block. Until the renderer has arrived the text is shown as written.

import { lazy, memo, Suspense, useMemo } from "react";
import { outlinesOf } from "./outline";
import { splitBlocks } from "./split-blocks";

const loadBlock = () => import("./markdown-block");
const MarkdownBlock = lazy(async () => ({ default: (await loadBlock()).MarkdownBlock }));

/** Called when a conversation opens, so that the renderer arrives together with the messages. */
export function prepareMarkdown(): void {
  void loadBlock();
}

export const Markdown = memo(function Markdown({ text }: { text: string }) {
  const { blocks, outlines } = useMemo(() => {
    const blocks = splitBlocks(text);
    return { blocks, outlines: outlinesOf(blocks) };
  }, [text]);
  return (
    <div className="markdown">
      <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
        {blocks.map((block, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks are only ever appended; the place is the identity.
          <div key={index}>
            <MarkdownBlock text={block} outline={outlines[index] ?? ""} />
          </div>
        ))}
      </Suspense>
    </div>
  );
});
