// Code in colours. A chunk of its own: the grammars are large and many conversations hold no code.

import { toJsxRuntime } from "hast-util-to-jsx-runtime";
import { common, createLowlight } from "lowlight";
import { useDeferredValue, useMemo } from "react";
import { Fragment, jsx, jsxs } from "react/jsx-runtime";

/** Beyond this, colours cost more than they help. */
const MOST_CHARACTERS = 40_000;

const lowlight = createLowlight(common);

export default function HighlightedCode({ code, language }: { code: string; language: string }) {
  const settled = useDeferredValue(code);
  const elements = useMemo(() => colour(settled, language.toLowerCase()), [settled, language]);
  // What has been written since the last colouring follows in plain.
  return (
    <>
      {elements}
      {code.startsWith(settled) ? code.slice(settled.length) : ""}
    </>
  );
}

function colour(code: string, language: string) {
  if (!lowlight.registered(language) || code.length > MOST_CHARACTERS) return code;
  return toJsxRuntime(lowlight.highlight(language, code), { Fragment, jsx, jsxs });
}
