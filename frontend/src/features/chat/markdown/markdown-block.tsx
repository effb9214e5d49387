// One block of markdown as elements. No raw HTML, no unsafe links, nothing loaded from elsewhere.

import type { ComponentProps } from "react";
import { memo, useMemo } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { ScrollRegion } from "@/components/scroll-region";
import { CodeBlock } from "./code-block";
import type { Outline } from "./outline";
import { remarkLineBreaks } from "./remark-line-breaks";
import { remarkOutline } from "./remark-outline";
import { RemoteImage } from "./remote-image";
import { safeLink } from "./safe-url";

type Plugins = NonNullable<ComponentProps<typeof ReactMarkdown>["remarkPlugins"]>;

const PLUGINS = [[remarkGfm, { singleTilde: false }], remarkLineBreaks] as Plugins;

const components: Components = {
  a: ({ href, children }) => <SafeLink address={href}>{children}</SafeLink>,
  img: ({ src, alt }) => <RemoteImage address={typeof src === "string" ? src : ""} alt={alt ?? ""} />,
  input: ({ checked }) => (
    <input type="checkbox" checked={checked} disabled aria-label={checked ? "Done" : "Not done"} />
  ),
  pre: ({ node }) => <CodeBlock {...codeOf(node)} />,
  table: ({ children }) => (
    <ScrollRegion className="thin-scrollbar overflow-x-auto rounded-control border border-line">
      <table>{children}</table>
    </ScrollRegion>
  ),
};

export const MarkdownBlock = memo(function MarkdownBlock({
  text,
  outline,
}: {
  text: string;
  /** Where the block begins in the outline of the whole text. */
  outline: Outline;
}) {
  const plugins = useMemo<Plugins>(() => [...PLUGINS, [remarkOutline, { before: outline }]], [outline]);
  return (
    <ReactMarkdown remarkPlugins={plugins} components={components} urlTransform={keepAddress}>
      {text}
    </ReactMarkdown>
  );
});

/** The components above decide about addresses: links by `safeLink`, images are never loaded. */
function keepAddress(address: string): string {
  return address;
}

function SafeLink({ address, children }: { address: string | undefined; children: React.ReactNode }) {
  const href = safeLink(address ?? "");
  if (href === null) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={href}>
      {children}
    </a>
  );
}

type CodeNode = NonNullable<
  Parameters<Extract<NonNullable<Components["pre"]>, (props: never) => unknown>>[0]["node"]
>;

function codeOf(node: CodeNode | undefined): { code: string; language: string | null } {
  const element = node?.children[0];
  if (element?.type !== "element") return { code: "", language: null };
  const names = element.properties.className;
  const named = Array.isArray(names) ? names.find((name) => String(name).startsWith("language-")) : undefined;
  const code = element.children.map((child) => (child.type === "text" ? child.value : "")).join("");
  return { code: code.replace(/\n$/, ""), language: named ? String(named).slice("language-".length) : null };
}
