// Keeps the end of a growing text in view: the browser's part of `StickyEnd`.

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { StickyEnd } from "./sticky-end";

const READER_ACTIONS = ["wheel", "touchmove", "pointerdown", "keydown"] as const;

export function useStickyScroll(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  firstKey: string | undefined,
) {
  const sticky = useRef<StickyEnd | null>(null);
  const lastFirstKey = useRef(firstKey);
  const [isAtEnd, setAtEnd] = useState(true);

  const jumpToEnd = useCallback(
    (behavior: ScrollBehavior = "instant") => {
      sticky.current?.follow();
      setAtEnd(true);
      scroller.current?.scrollTo({ top: scroller.current.scrollHeight, behavior });
    },
    [scroller],
  );

  useLayoutEffect(() => {
    if (lastFirstKey.current !== undefined && lastFirstKey.current !== firstKey)
      sticky.current?.notePrepended();
    lastFirstKey.current = firstKey;
  }, [firstKey]);

  useEffect(() => {
    if (!scroller.current || !content.current) return;
    const watched = watch(scroller.current, content.current, setAtEnd);
    sticky.current = watched.sticky;
    return watched.release;
  }, [scroller, content]);

  return { isAtEnd, jumpToEnd };
}

function watch(scroller: HTMLElement, content: HTMLElement, onChange: (isAtEnd: boolean) => void) {
  const sticky = new StickyEnd(scroller, () => performance.now());
  const noteScroll = () => {
    sticky.noteScroll();
    onChange(sticky.isAtEnd);
  };
  const sizes = new ResizeObserver(() => {
    sticky.noteSize();
    onChange(sticky.isAtEnd);
  });
  sizes.observe(content);
  sizes.observe(scroller);
  scroller.addEventListener("scroll", noteScroll, { passive: true });
  for (const action of READER_ACTIONS)
    scroller.addEventListener(action, sticky.noteAction, { passive: true });
  const release = () => {
    sizes.disconnect();
    scroller.removeEventListener("scroll", noteScroll);
    for (const action of READER_ACTIONS) scroller.removeEventListener(action, sticky.noteAction);
  };
  return { sticky, release };
}
