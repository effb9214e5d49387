// A page whose code is on its way.

import { Spinner } from "@/components/spinner";

export function PageLoading() {
  return (
    <div role="status" className="grid min-h-40 flex-1 place-items-center text-muted">
      <span className="sr-only">Loading</span>
      <Spinner className="size-6" />
    </div>
  );
}
