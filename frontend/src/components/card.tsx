// A raised sheet that holds one subject.

import type { ReactNode } from "react";
import { classNames } from "@/lib/class-names";

export function Card({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <div className={classNames("rounded-card border border-line bg-surface shadow-small", className)}>
      {children}
    </div>
  );
}

export function Section({
  title,
  description,
  actions,
  children,
  id,
}: {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  id: string;
}) {
  return (
    <section aria-labelledby={id} className="min-w-0 rounded-card border border-line bg-surface shadow-small">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 px-5 pt-5 sm:px-6">
        <div className="min-w-0">
          <h2 id={id} className="text-title font-semibold">
            {title}
          </h2>
          {description && <p className="mt-0.5 text-small text-muted">{description}</p>}
        </div>
        {actions}
      </div>
      <div className="px-5 pt-4 pb-5 sm:px-6 sm:pb-6">{children}</div>
    </section>
  );
}
