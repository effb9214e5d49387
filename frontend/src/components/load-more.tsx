// The edge of a list that goes on: loads further entries when it comes into view, or on request after a failure.

import { useEffect, useRef } from "react";
import { Button } from "./button";
import { Icon } from "./icon";
import { Spinner } from "./spinner";

export type More = { hasMore: boolean; isLoading: boolean; hasFailed: boolean; load: () => void };

export function LoadMore({ more, label, failure }: { more: More; label: string; failure: string }) {
  const edge = useRef<HTMLDivElement>(null);
  const { hasMore, isLoading, hasFailed, load } = more;
  useEffect(() => {
    if (!edge.current || !hasMore || isLoading || hasFailed) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && load());
    observer.observe(edge.current);
    return () => observer.disconnect();
  }, [hasMore, isLoading, hasFailed, load]);

  if (!hasMore) return null;
  return (
    <div
      ref={edge}
      className="flex min-h-9 flex-wrap items-center justify-center gap-2 text-small text-muted"
    >
      {hasFailed && <Icon name="warning" className="size-4" />}
      {hasFailed && failure}
      {isLoading ? (
        <Spinner />
      ) : (
        <Button size="small" variant="ghost" onClick={load}>
          {label}
        </Button>
      )}
    </div>
  );
}
