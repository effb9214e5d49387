// Our icons: 24 by 24, drawn with one round stroke, decorative unless the control around them says more.

import type { SVGProps } from "react";
import { classNames } from "@/lib/class-names";

const PATHS = {
  plus: "M12 5v14M5 12h14",
  menu: "M4 7h16M4 12h16M4 17h16",
  panel: "M4 6.5a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2ZM9.5 4.5v15",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  close: "m6 6 12 12M18 6 6 18",
  check: "m5 12.5 4.5 4.5L19 7.5",
  chevronDown: "m6 9.5 6 6 6-6",
  chevronRight: "m9.5 6 6 6-6 6",
  chevronLeft: "m14.5 6-6 6 6 6",
  clock: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 7.5V12l3 2",
  forward: "M4.5 6.5 11 12l-6.5 5.5ZM13 6.5l6.5 5.5L13 17.5Z",
  tool: "M14.5 6.2a4.2 4.2 0 0 1 5-1.1L16.8 7.8l.5 1.9 1.9.5 2.7-2.7a4.2 4.2 0 0 1-5.7 5L8 20.6a2.1 2.1 0 0 1-3-3l8.2-8.1a4.2 4.2 0 0 1 1.3-3.3Z",
  arrowUp: "M12 19V5M5.5 11.5 12 5l6.5 6.5",
  arrowDown: "M12 5v14M5.5 12.5 12 19l6.5-6.5",
  arrowLeft: "M19 12H5M11.5 5.5 5 12l6.5 6.5",
  stop: "M8 7h8a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1Z",
  copy: "M9 11a2 2 0 0 1 2-2h7a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2ZM5.5 15H5a1.5 1.5 0 0 1-1.5-1.5V5.5A2 2 0 0 1 5.5 3.5h8A1.5 1.5 0 0 1 15 5v.5",
  pencil: "M4 20h4L19.3 8.7a2.4 2.4 0 0 0-3.4-3.4L4.6 16.6ZM14 7.2l3.4 3.4",
  trash:
    "M4.5 7h15M10 11v5.5M14 11v5.5M6 7l.8 11.2a2 2 0 0 0 2 1.8h6.4a2 2 0 0 0 2-1.8L18 7M9 7V5.5A1.5 1.5 0 0 1 10.5 4h3A1.5 1.5 0 0 1 15 5.5V7",
  retry:
    "M4.5 12a7.5 7.5 0 0 1 12.9-5.2L20 9.5M20 4.5v5h-5M19.5 12a7.5 7.5 0 0 1-12.9 5.2L4 14.5M4 19.5v-5h5",
  chart: "M4 20h16M7 16.5v-4M12 16.5v-10M17 16.5v-7",
  table: "M4 6.5a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2ZM4 10h16M4 15h16M10 10v9.5",
  person: "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.6-3.7 3.7-6 7.5-6s6.9 2.3 7.5 6",
  signOut: "M14 4.5h3.5a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H14M10 8l-4 4 4 4M6 12h9",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M20 14.2A8.3 8.3 0 0 1 9.8 4a8.3 8.3 0 1 0 10.2 10.2Z",
  screen: "M3.5 6.5a2 2 0 0 1 2-2h13a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2ZM8.5 20h7M12 16.5V20",
  warning:
    "M12 9v4.5M12 17h.01M10.3 4.3 2.9 17.2A2 2 0 0 0 4.6 20h14.8a2 2 0 0 0 1.7-2.8L13.7 4.3a2 2 0 0 0-3.4 0Z",
  info: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 11v5M12 8h.01",
  image:
    "M4 6.5a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2ZM4.5 17l4.5-4.5 3.5 3.5 2.5-2.5 4.5 4.5M15 9.5h.01",
  external: "M13.5 4.5h6v6M19.5 4.5 11 13M17.5 14v3.5a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2H10",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
  eyeOff:
    "M4 4l16 16M9.9 5.8A9.6 9.6 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a16 16 0 0 1-2.8 3.5M6.3 7.6A15.6 15.6 0 0 0 2.5 12S6 18.5 12 18.5c1.6 0 3-.5 4.3-1.1M10.2 10.3a2.5 2.5 0 0 0 3.5 3.5",
  compass: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM15.5 8.5l-2 5-5 2 2-5Z",
  lock: "M6.5 11h11a1.5 1.5 0 0 1 1.5 1.5v6a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 5 18.5v-6A1.5 1.5 0 0 1 6.5 11ZM8 11V8a4 4 0 0 1 8 0v3",
  sparkle: "M12 3.5c.6 4.7 3.3 7.4 8 8-4.7.6-7.4 3.3-8 8-.6-4.7-3.3-7.4-8-8 4.7-.6 7.4-3.3 8-8Z",
  cloudOff: "M4 4l16 16M8 7.5A6 6 0 0 1 17.6 11a4.2 4.2 0 0 1 2.7 6.5M16 19H7.5a4.5 4.5 0 0 1-1.6-8.7",
  code: "m8.5 7-5 5 5 5M15.5 7l5 5-5 5",
  book: "M12 6.5C10.3 5 8 4.5 4 4.5v13c4 0 6.3.5 8 2 1.7-1.5 4-2 8-2v-13c-4 0-6.3.5-8 2ZM12 6.5v13",
  chat: "M12 4c4.7 0 8.5 3.2 8.5 7.3s-3.8 7.3-8.5 7.3c-.9 0-1.7-.1-2.5-.3L5 20.5l.9-3.9c-1.5-1.3-2.4-3.2-2.4-5.3C3.5 7.2 7.3 4 12 4Z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, className, ...rest }: { name: IconName } & SVGProps<SVGSVGElement>) {
  const isDotted = name === "more";
  return (
    <svg
      viewBox="0 0 24 24"
      fill={name === "stop" ? "currentColor" : "none"}
      stroke="currentColor"
      strokeWidth={isDotted ? 2.6 : 1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className={classNames("size-5 shrink-0", className)}
      {...rest}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
