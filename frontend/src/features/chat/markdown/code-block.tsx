// A block of code: its language, a copy button, and colours as soon as the highlighter has arrived.

import { lazy, Suspense, useEffect, useState } from "react";
import { Icon } from "@/components/icon";
import { copyText } from "@/lib/clipboard";

const HighlightedCode = lazy(() => import("./highlighted-code"));

const COPIED_SHOWN_MS = 2_000;

export function CodeBlock({ code, language }: { code: string; language: string | null }) {
  return (
    <figure className="overflow-hidden rounded-control border border-line bg-sunken">
      <figcaption className="flex items-center justify-between gap-3 border-b border-line py-1 ps-4 pe-1.5 text-tiny text-muted">
        <span className="font-mono">{language ?? "text"}</span>
        <CopyCode code={code} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <pre tabIndex={0} className="code thin-scrollbar overflow-x-auto px-4 py-3.5 -outline-offset-2">
        <code>
          {language === null ? (
            code
          ) : (
            <Suspense fallback={code}>
              <HighlightedCode code={code} language={language} />
            </Suspense>
          )}
        </code>
      </pre>
    </figure>
  );
}

function CopyCode({ code }: { code: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <button
      type="button"
      aria-label="Copy code"
      onClick={async () => setCopied(await copyText(code))}
      className="flex h-8 items-center gap-1.5 rounded-lg px-2.5 font-medium hover:bg-hover hover:text-ink"
    >
      <Icon name={isCopied ? "check" : "copy"} className="size-3.5" />
      <span aria-live="polite">{isCopied ? "Copied" : "Copy"}</span>
    </button>
  );
}
