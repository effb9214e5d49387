// The mark of Parley: a speech bubble with two lines said in it.

import { useId } from "react";
import { classNames } from "@/lib/class-names";

export function LogoMark({ className }: { className?: string }) {
  const gradient = useId();
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={classNames("size-7 shrink-0", className)}>
      <defs>
        <linearGradient id={gradient} x1="2" y1="2" x2="30" y2="30" gradientUnits="userSpaceOnUse">
          <stop stopColor="#4f46e5" />
          <stop offset="1" stopColor="#8b3df0" />
        </linearGradient>
      </defs>
      <path
        fill={`url(#${gradient})`}
        d="M16 2.5c7.7 0 13.5 5.2 13.5 12.1S23.7 26.7 16 26.7c-1.5 0-2.9-.2-4.2-.5l-5.2 3.1c-.8.5-1.7-.2-1.5-1.1l.9-4.5C3.8 21.4 2.5 18.2 2.5 14.6 2.5 7.7 8.3 2.5 16 2.5Z"
      />
      <path
        d="M10.5 12.2h11M10.5 17.2h6.5"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
        fill="none"
      />
    </svg>
  );
}

export function Wordmark({ className }: { className?: string }) {
  return (
    <span className={classNames("inline-flex items-center gap-2.5 font-semibold tracking-tight", className)}>
      <LogoMark />
      <span className="text-title">Parley</span>
    </span>
  );
}
