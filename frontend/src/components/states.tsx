// What stands where content would: nothing yet, something went wrong, not here yet.

import type { ReactNode } from "react";
import { classNames } from "@/lib/class-names";
import { Button } from "./button";
import { Icon, type IconName } from "./icon";

export function EmptyState({
  icon,
  title,
  children,
  action,
  isPage = false,
}: {
  icon: IconName;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  isPage?: boolean;
}) {
  const Heading = isPage ? "h1" : "h3";
  return (
    <div className={classNames("flex flex-col items-center px-6 text-center", isPage ? "py-20" : "py-10")}>
      <span className="mb-4 grid size-12 place-items-center rounded-2xl bg-gradient-soft text-accent">
        <Icon name={icon} className="size-6" />
      </span>
      <Heading className={classNames("font-semibold text-ink", isPage ? "text-headline" : "text-body")}>
        {title}
      </Heading>
      {children && <div className="mt-1.5 max-w-md text-muted">{children}</div>}
      {action && <div className="mt-5 flex flex-wrap justify-center gap-2.5">{action}</div>}
    </div>
  );
}

export function ErrorState({
  title,
  detail,
  requestId,
  onRetry,
}: {
  title: string;
  detail: string;
  requestId?: string | null | undefined;
  onRetry?: (() => void) | undefined;
}) {
  return (
    <div role="alert" className="flex flex-col items-center px-6 py-10 text-center">
      <span className="mb-4 grid size-12 place-items-center rounded-2xl bg-danger-soft text-danger">
        <Icon name="cloudOff" className="size-6" />
      </span>
      <h3 className="font-semibold text-ink">{title}</h3>
      <p className="mt-1.5 max-w-md text-muted">{detail}</p>
      {requestId && <p className="mt-2 font-mono text-tiny text-muted">Request {requestId}</p>}
      {onRetry && (
        <Button icon="retry" className="mt-5" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

export function Skeleton({ className }: { className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={classNames("block animate-shimmer rounded-lg bg-pressed/70", className)}
    />
  );
}
