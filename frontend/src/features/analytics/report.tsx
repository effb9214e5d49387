// A section whose rows are asked for: waiting, failed, empty or there.

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Section } from "@/components/card";
import { ProblemState } from "@/components/problem-state";
import { Skeleton } from "@/components/states";

export function Report<Row>({
  id,
  title,
  lead,
  empty,
  failed,
  query,
  children,
}: {
  id: string;
  title: string;
  lead: string;
  empty: string;
  failed: string;
  query: UseQueryResult<Row[]>;
  children: (rows: Row[]) => ReactNode;
}) {
  return (
    <Section id={id} title={title} description={lead}>
      {query.data ? (
        query.data.length === 0 ? (
          <p className="py-4 text-small text-muted">{empty}</p>
        ) : (
          children(query.data)
        )
      ) : query.isError ? (
        <ProblemState title={failed} error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <div className="flex flex-col gap-3 py-2">
          <Skeleton className="h-5" />
          <Skeleton className="h-5 w-11/12" />
          <Skeleton className="h-5 w-4/5" />
        </div>
      )}
    </Section>
  );
}
