// An error of a request, as an error state: what a problem says is shown, anything else is not.

import { ErrorState } from "./states";

/** Structural on purpose: the design system does not import the API client. */
type ProblemLike = { detail: string; facts: { requestId?: string | null } };

export function ProblemState({
  title,
  error,
  onRetry,
}: {
  title: string;
  error: unknown;
  onRetry?: () => void;
}) {
  const problem = isProblemLike(error) ? error : null;
  return (
    <ErrorState
      title={title}
      detail={problem?.detail ?? "Something unexpected happened on this page."}
      requestId={problem?.facts.requestId}
      onRetry={onRetry}
    />
  );
}

function isProblemLike(error: unknown): error is ProblemLike {
  return error instanceof Error && "detail" in error && "facts" in error;
}
