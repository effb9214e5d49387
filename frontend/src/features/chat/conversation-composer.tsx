// The composer of a conversation that exists, with what there is to say about its connection and its last send.

import { changeConversation } from "@/api/chat-service";
import { patchConversation } from "@/api/conversation-cache";
import type { Conversation, Model } from "@/api/types";
import { showToast } from "@/components/toasts";
import type { Attachment } from "./attachments";
import { Composer } from "./composer";
import { ConnectionNote } from "./connection-note";
import { ContextButton } from "./context/context-button";
import { writeDraft } from "./drafts";
import { ask, dismissRefusal, stop, useRefusal } from "./live-turns";
import { ModelPicker } from "./model-picker";
import { RefusalNote } from "./refusal-note";
import type { LiveTurn } from "./turn-follower";
import { composerState } from "./use-conversation-turn";

export function ConversationComposer({
  conversation,
  conversationId,
  live,
  models,
  model,
  leafId,
  onChooseModel,
}: {
  conversation: Conversation | undefined;
  conversationId: string;
  live: LiveTurn[];
  models: Model[];
  model: Model | undefined;
  /** The message that the next question stands below. */
  leafId: string | null;
  onChooseModel: (id: string) => void;
}) {
  const refusal = useRefusal(conversationId);
  const running = live[0];
  const send = (content: string, attachments: Attachment[]) => {
    writeDraft(conversationId, "");
    ask(conversationId, { content, attachments, model: model?.id, parentId: leafId });
  };
  const chooseModel = (id: string) => {
    onChooseModel(id);
    patchConversation(conversationId, { model: id });
    changeConversation(conversationId, { model: id }).catch((problem: Error) =>
      showToast({ text: problem.message, tone: "danger" }),
    );
  };
  return (
    <div className="mx-auto w-full max-w-[50rem] px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:px-6 sm:pb-5">
      <ConnectionNote live={running} />
      <RefusalNote problem={refusal} onDismiss={() => dismissRefusal(conversationId)} />
      <Composer
        draftKey={conversationId}
        state={composerState(running)}
        takesPictures={model?.capabilities.includes("images") ?? false}
        tools={
          <>
            <ModelPicker models={models} model={model} onChange={chooseModel} />
            {conversation && model && (
              <ContextButton
                conversation={conversation}
                model={model}
                parentId={running ? null : leafId}
                isQuiet={live.length === 0}
              />
            )}
          </>
        }
        onSend={send}
        onStop={() => running && stop(conversationId, running)}
      />
    </div>
  );
}
