// A conversation that does not exist yet: typing is enough to begin one.

import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { meQuery } from "@/api/auth-service";
import { createConversation } from "@/api/chat-service";
import { cacheNewConversation } from "@/api/conversation-cache";
import { Problem, unreachable } from "@/api/problem";
import { Icon } from "@/components/icon";
import { LogoMark } from "@/components/logo";
import { PageHeader } from "@/components/page-header";
import { backoffDelayMs } from "@/lib/backoff";
import { newId } from "@/lib/ids";
import { type Attachment, returnAttachments } from "./attachments";
import { Composer } from "./composer";
import { titleFrom } from "./conversation-title";
import { NEW_CONVERSATION, writeDraft } from "./drafts";
import { ask } from "./live-turns";
import { prepareMessages } from "./messages";
import { ModelPicker } from "./model-picker";
import { RefusalNote } from "./refusal-note";
import { texts } from "./texts";
import { useModelChoice } from "./use-model-choice";

const ATTEMPTS = 5;

export function NewChatPage() {
  const { models, model, choose } = useModelChoice(null);
  const name = useQuery(meQuery).data?.display_name ?? "";
  const begin = useBeginConversation(model?.id);
  useEffect(prepareMessages, []);

  return (
    <>
      <PageHeader title={texts.newConversation} hasOwnHeading />
      <div className="relative min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex min-h-full max-w-[50rem] flex-col justify-center px-4 py-6 sm:px-8">
          <LogoMark className="mb-5 size-10" />
          <h1 className="text-display font-semibold tracking-tight">
            {texts.greeting(name.split(" ")[0] ?? "")}
          </h1>
          <p className="mt-2 mb-7 text-muted">{texts.greetingLead}</p>
          <Suggestions />
        </div>
      </div>
      <div className="mx-auto w-full max-w-[50rem] px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:px-6 sm:pb-5">
        <RefusalNote problem={begin.problem} onDismiss={begin.dismiss} />
        <Composer
          draftKey={NEW_CONVERSATION}
          state={begin.isOpening ? "opening" : "idle"}
          takesPictures={model?.capabilities.includes("images") ?? false}
          tools={<ModelPicker models={models} model={model} onChange={choose} />}
          onSend={(content, attachments) => begin.start({ content, attachments })}
          onStop={() => undefined}
        />
      </div>
    </>
  );
}

function Suggestions() {
  const begin = (question: string) => {
    writeDraft(NEW_CONVERSATION, question);
    document.querySelector<HTMLTextAreaElement>(`textarea[aria-label="${texts.composer.label}"]`)?.focus();
  };
  return (
    <ul className="grid gap-2.5 sm:grid-cols-2">
      {texts.suggestions.map((suggestion) => (
        <li key={suggestion.title}>
          <button
            type="button"
            onClick={() => begin(suggestion.question)}
            className="flex h-full w-full items-start gap-3.5 rounded-card border border-line bg-surface p-4 text-start shadow-small transition-[border-color,box-shadow] duration-(--quick) hover:border-accent-line hover:shadow-raised"
          >
            <Icon name={suggestion.icon} className="mt-0.5 text-accent" />
            <span className="min-w-0">
              <span className="block font-medium">{suggestion.title}</span>
              <span className="mt-0.5 block text-small text-muted">{suggestion.teaches}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

type FirstQuestion = { content: string; attachments: Attachment[] };

function useBeginConversation(model: string | undefined) {
  const navigate = useNavigate();
  // Asking again after a lost answer must not make a second conversation.
  const clientId = useRef(newId());
  const creation = useMutation({
    mutationFn: ({ content }: FirstQuestion) =>
      createConversation({
        client_conversation_id: clientId.current,
        title: titleFrom(content),
        ...(model && { model }),
      }),
    retry: (failures, error) => failures < ATTEMPTS && error instanceof Problem && error.isPassing,
    retryDelay: (failures) => backoffDelayMs(failures),
    networkMode: "always",
    onError: (_, { attachments }) => returnAttachments(NEW_CONVERSATION, attachments),
    onSuccess: (conversation, { content, attachments }) => {
      cacheNewConversation(conversation);
      ask(conversation.id, { content, attachments, model, parentId: null });
      writeDraft(NEW_CONVERSATION, "");
      void navigate({ to: "/c/$conversationId", params: { conversationId: conversation.id } });
    },
  });
  return {
    start: creation.mutate,
    isOpening: creation.isPending,
    problem: creation.error ? asProblem(creation.error) : null,
    dismiss: creation.reset,
  };
}

function asProblem(error: Error): Problem {
  return error instanceof Problem ? error : unreachable();
}
