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
import { ConversationComposer } from "./conversation-composer";
import { displayedMessages } from "./displayed-messages";
import { ask, useLiveTurn } from "./live-turns";
import { prepareMarkdown } from "./markdown/markdown";
import { MessageList } from "./message-list";
import { MessagesLoading } from "./messages-loading";
import { NewChatLink } from "./new-chat-link";
import { texts } from "./texts";
import { TurnAnnouncer } from "./turn-announcer";
import { useFollowRunningTurn, useReturnedQuestion } from "./use-conversation-turn";
import { useModelChoice } from "./use-model-choice";

const NOTHING_STORED: Message[] = [];

export function ChatPage({ conversationId }: { conversationId: string }) {
  const conversation = useQuery(conversationQuery(conversationId));
  const { stored, query, older } = useMessages(conversationId);
  const live = useLiveTurn(conversationId);
  const { models, model, choose } = useModelChoice(conversation.data?.model);
  const displayed = useMemo(() => displayedMessages(stored, live), [stored, live]);

  useEffect(prepareMarkdown, []);
  useFollowRunningTurn(conversation.data, stored);
  useReturnedQuestion(conversationId, stored, query.isSuccess && live === null);

  const send = useCallback(
    (content: string) => ask(conversationId, content, model?.id),
    [conversationId, model?.id],
  );
  const error = conversation.error ?? query.error;
  if (error instanceof Problem && error.status === 404) return <NoSuchConversation />;

  return (
    <>
      <PageHeader title={conversation.data?.title ?? texts.newConversation} actions={<NewChatLink />} />
      {query.isPending && live === null && <MessagesLoading />}
      {query.isError && !query.data && live === null && (
        <div className="grid min-h-0 flex-1 place-items-center overflow-y-auto">
          <ProblemState title={texts.loadFailed} error={query.error} onRetry={() => void query.refetch()} />
        </div>
      )}
      {(query.data || live) && (
        <MessageList
          key={conversationId}
          displayed={displayed}
          live={live}
          older={older}
          models={models}
          onAgain={send}
        />
      )}
      <ConversationComposer
        conversationId={conversationId}
        live={live}
        models={models}
        model={model}
        onChooseModel={choose}
        onSend={send}
      />
      <TurnAnnouncer live={live} lastOutcome={displayed.at(-1)?.message.outcome ?? null} />
    </>
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
