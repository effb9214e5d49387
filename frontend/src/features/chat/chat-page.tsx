// One conversation: its messages, the answer being written, and the composer.

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import { conversationQuery, messagesQuery } from "@/api/chat-service";
import { Problem } from "@/api/problem";
import type { Message } from "@/api/types";
import { ButtonLink } from "@/components/button-link";
import { PageHeader } from "@/components/page-header";
import { ProblemState } from "@/components/problem-state";
import { EmptyState } from "@/components/states";
import { useBranchChoice } from "./branch-choice";
import { ChatActionsProvider } from "./chat-actions";
import { ConversationComposer } from "./conversation-composer";
import { displayedMessages, leafOf } from "./displayed-messages";
import { keepLine, useLineState, useLiveTurns } from "./live-turns";
import { Messages, prepareMessages } from "./messages";
import { MessagesLoading } from "./messages-loading";
import { NewChatLink } from "./new-chat-link";
import { texts } from "./texts";
import { TurnAnnouncer } from "./turn-announcer";
import { useActions } from "./use-actions";
import { newsIntervalMs, useFollowTurns, useReturnedQuestion } from "./use-conversation-turn";
import { useModelChoice } from "./use-model-choice";

const NOTHING_STORED: Message[] = [];

export function ChatPage({ conversationId }: { conversationId: string }) {
  const live = useLiveTurns(conversationId);
  const line = useLineState(conversationId);
  const refetchInterval = newsIntervalMs(line, live.length > 0);
  const conversation = useQuery({ ...conversationQuery(conversationId), refetchInterval });
  const { stored, query, older } = useMessages(conversationId);
  const { models, model, choose } = useModelChoice(conversation.data?.model);
  const chosen = useBranchChoice(conversationId);
  const displayed = useMemo(() => displayedMessages(stored, live, chosen), [stored, live, chosen]);
  const actions = useActions(conversationId, models, model?.id);
  const last = displayed.at(-1);

  useEffect(prepareMessages, []);
  useEffect(() => keepLine(conversationId), [conversationId]);
  useFollowTurns(conversation.data, stored);
  useReturnedQuestion(conversationId, stored, query.isSuccess && live.length === 0);

  const error = conversation.error ?? query.error;
  if (error instanceof Problem && error.status === 404) return <NoSuchConversation />;

  return (
    <ChatActionsProvider value={actions}>
      <PageHeader title={conversation.data?.title ?? texts.newConversation} actions={<NewChatLink />} />
      {query.isPending && live.length === 0 && <MessagesLoading />}
      {query.isError && !query.data && live.length === 0 && (
        <div className="grid min-h-0 flex-1 place-items-center overflow-y-auto">
          <ProblemState title={texts.loadFailed} error={query.error} onRetry={() => void query.refetch()} />
        </div>
      )}
      {(query.data || live.length > 0) && (
        <Messages key={conversationId} displayed={displayed} live={live} older={older} />
      )}
      <ConversationComposer
        conversation={conversation.data}
        conversationId={conversationId}
        live={live}
        models={models}
        model={model}
        leafId={leafOf(displayed)}
        onChooseModel={choose}
      />
      <TurnAnnouncer live={live[0]} lastOutcome={last?.message.outcome ?? null} />
    </ChatActionsProvider>
  );
}

function useMessages(conversationId: string) {
  const query = useInfiniteQuery(messagesQuery(conversationId));
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  const stored = useMemo(
    () => data?.pages.toReversed().flatMap((page) => page.items) ?? NOTHING_STORED,
    [data],
  );
  const load = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  return {
    query,
    stored,
    older: { hasMore: hasNextPage, isLoading: isFetchingNextPage, hasFailed: isFetchNextPageError, load },
  };
}

function NoSuchConversation() {
  return (
    <>
      <PageHeader title={texts.notFound.title} hasOwnHeading />
      <EmptyState
        icon="compass"
        title={texts.notFound.title}
        isPage
        action={<ButtonLink to="/">{texts.newConversation}</ButtonLink>}
      >
        {texts.notFound.text}
      </EmptyState>
    </>
  );
}
