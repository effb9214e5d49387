// A part of the page that scrolls by itself, and can therefore be reached and scrolled by keyboard. One with a
// label is a landmark.

import type { ReactNode, Ref } from "react";
import { classNames } from "@/lib/class-names";

export function ScrollRegion({
  label,
  className,
  children,
  ref,
}: {
  label?: string;
  className?: string | undefined;
  children: ReactNode;
  ref?: Ref<HTMLElement>;
}) {
  return (
    <section
      ref={ref}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: without a tab stop a keyboard could not scroll it.
      tabIndex={0}
      className={classNames("relative -outline-offset-2", className)}
    >
      {children}
    </section>
  );
}
