// The composer of a conversation that exists, with what there is to say about its connection and its last send.

import { changeConversation } from "@/api/chat-service";
import { patchConversation } from "@/api/conversation-cache";
import type { Model } from "@/api/types";
import { showToast } from "@/components/toasts";
import { Composer } from "./composer";
import { ConnectionNote } from "./connection-note";
import { writeDraft } from "./drafts";
import { dismissRefusal, stop, useRefusal } from "./live-turns";
import { ModelPicker } from "./model-picker";
import { RefusalNote } from "./refusal-note";
import type { LiveTurn } from "./turn-follower";
import { composerState } from "./use-conversation-turn";

export function ConversationComposer({
  conversationId,
  live,
  models,
  model,
  onChooseModel,
  onSend,
}: {
  conversationId: string;
  live: LiveTurn | null;
  models: Model[];
  model: Model | undefined;
  onChooseModel: (id: string) => void;
  onSend: (content: string) => void;
}) {
  const refusal = useRefusal(conversationId);
  const send = (content: string) => {
    writeDraft(conversationId, "");
    onSend(content);
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
      <ConnectionNote live={live} />
      <RefusalNote problem={refusal} onDismiss={() => dismissRefusal(conversationId)} />
      <Composer
        draftKey={conversationId}
        state={composerState(live)}
        modelPicker={<ModelPicker models={models} model={model} onChange={chooseModel} />}
        onSend={send}
        onStop={() => stop(conversationId)}
      />
    </div>
  );
}
