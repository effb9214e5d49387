// The shape of a conversation that is on its way.

import { Skeleton } from "@/components/states";

export function MessagesLoading() {
  return (
    <div role="status" className="min-h-0 flex-1 overflow-hidden">
      <span className="sr-only">Loading messages</span>
      <div className="mx-auto flex max-w-[50rem] animate-fade flex-col gap-7 px-4 pt-8 sm:px-8">
        <Skeleton className="h-11 w-3/5 self-end rounded-bubble" />
        <Answer />
        <Skeleton className="h-11 w-2/5 self-end rounded-bubble" />
        <Answer />
      </div>
    </div>
  );
}

function Answer() {
  return (
    <div className="flex flex-col gap-3 lg:ps-11">
      <Skeleton className="h-4 w-11/12" />
      <Skeleton className="h-4 w-full" />
      <Skeleton className="h-4 w-4/5" />
      <Skeleton className="h-4 w-1/2" />
    </div>
  );
}
