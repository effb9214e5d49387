// How much of a conversation is sent along with a question.

import { useId } from "react";
import type { ContextPolicy, Conversation } from "@/api/types";
import { NumberSetting } from "./number-setting";
import { save } from "./saving";
import { MESSAGES, TOKENS } from "./settings";
import { texts } from "./texts";
import { useWished } from "./use-wished";

export function PolicyForm({ conversation }: { conversation: Conversation }) {
  const id = useId();
  const { context } = conversation;
  const change = (part: Partial<ContextPolicy>) => save(conversation, { context: { ...context, ...part } });
  const [summarises, wishSummaries] = useWished(context.summarises, (wished) =>
    change({ summarises: wished }),
  );
  return (
    <section aria-labelledby={`${id}-title`} className="flex flex-col gap-4">
      <h3 id={`${id}-title`} className="font-semibold">
        {texts.policy.title}
      </h3>
      <div className="grid gap-4 sm:grid-cols-2">
        <NumberSetting
          label={texts.policy.messages}
          hint={texts.policy.messagesHint}
          value={context.messages ?? null}
          range={MESSAGES}
          onChange={(messages) => void change({ messages })}
        />
        <NumberSetting
          label={texts.policy.tokens}
          hint={texts.policy.tokensHint}
          value={context.tokens ?? null}
          range={TOKENS}
          onChange={(tokens) => void change({ tokens })}
        />
      </div>
      <label className="flex items-start gap-3">
        <input
          type="checkbox"
          checked={summarises}
          aria-describedby={`${id}-hint`}
          onChange={(event) => wishSummaries(event.target.checked)}
          className="mt-1 size-4 accent-accent"
        />
        <span>
          {texts.policy.summarises}
          <span id={`${id}-hint`} className="block text-small text-muted">
            {texts.policy.summarisesHint}
          </span>
        </span>
      </label>
    </section>
  );
}
