// The conversations of the reader, newest activity first, under the day they were last used.

import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { conversationsQuery } from "@/api/chat-service";
import { Button } from "@/components/button";
import { LoadMore } from "@/components/load-more";
import { Skeleton } from "@/components/states";
import { groupByDay } from "@/lib/dates";
import { ConversationRow } from "./conversation-row";
import { texts } from "./texts";
import { useConversationActions } from "./use-conversation-actions";

export function ConversationList({ onOpen }: { onOpen: () => void }) {
  const { data, isPending, isError, refetch, ...query } = useInfiniteQuery(conversationsQuery);
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isFetchNextPageError } = query;
  const load = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const actions = useConversationActions();
  const groups = useMemo(() => {
    const conversations = data?.pages.flatMap((page) => page.items) ?? [];
    return groupByDay(conversations, (item) => item.last_message_at ?? item.created_at, new Date());
  }, [data]);

  if (isPending) return <Loading />;
  if (isError && !data) return <LoadFailed onRetry={() => void refetch()} />;
  return (
    <nav aria-label={texts.list} className="pb-4">
      {groups.length === 0 && <p className="px-3 pt-3 text-small text-muted">{texts.empty}</p>}
      {groups.map((group) => (
        <section key={group.heading} aria-label={group.heading} className="mt-4 first:mt-1">
          <h2 className="px-3 pb-1 text-tiny font-medium tracking-normal text-muted">{group.heading}</h2>
          <ul>
            {group.items.map((conversation) => (
              <ConversationRow
                key={conversation.id}
                conversation={conversation}
                actions={actions}
                onOpen={onOpen}
              />
            ))}
          </ul>
        </section>
      ))}
      <LoadMore
        more={{ hasMore: hasNextPage, isLoading: isFetchingNextPage, hasFailed: isFetchNextPageError, load }}
        label={texts.more}
        failure={texts.moreFailed}
      />
    </nav>
  );
}

function Loading() {
  return (
    <div role="status" className="flex flex-col gap-3 px-3 pt-4">
      <span className="sr-only">{texts.loading}</span>
      {["w-4/5", "w-3/5", "w-11/12", "w-2/3", "w-3/4"].map((width) => (
        <Skeleton key={width} className={`h-4 ${width}`} />
      ))}
    </div>
  );
}

function LoadFailed({ onRetry }: { onRetry: () => void }) {
  return (
    <div role="alert" className="px-3 pt-3 text-small text-muted">
      <p className="mb-3">{texts.loadFailed}</p>
      <Button size="small" icon="retry" onClick={onRetry}>
        {texts.retry}
      </Button>
    </div>
  );
}
