// What the context panel says.

import type { ContextPart, ParameterName } from "@/api/types";

type Reason = NonNullable<ContextPart["reason"]>;

export const texts = {
  title: "Context",
  description: (model: string) => `What ${model} is sent with your next question.`,
  failed: "The context could not be loaded",
  used: (tokens: string, budget: string) => `${tokens} of ${budget} tokens`,
  counting: { counted: "Counted with a public tokenizer.", estimated: "Estimated from the length." },
  window: (window: string) => `The model takes ${window} in all; the rest is left to the answer.`,
  leftOut: (count: number) =>
    count === 1 ? "1 earlier message is left out." : `${count} earlier messages are left out.`,
  nothingFits: "A question of this length does not fit any more.",
  parts: "Parts",
  tokens: (count: string) => `${count} tokens`,
  sent: "Sent",
  notSent: "Not sent",
  kinds: {
    system: "Instructions",
    tools: "Tools on offer",
    summary: "Summary of earlier messages",
    question: "Your next question",
    instruction: "Instruction to go on",
  } satisfies Record<Exclude<ContextPart["kind"], "message">, string>,
  yours: "You",
  theirs: "Answer",
  reasons: {
    newest: "",
    over_message_limit: "Older than the number of messages you allow.",
    over_token_budget: "Does not fit the token budget.",
    empty: "There is nothing in it.",
    summarised: "Told by the summary.",
  } satisfies Record<Reason, string>,
  summary: (count: number) =>
    count === 1 ? "Summary of 1 earlier message" : `Summary of ${count} earlier messages`,
  summaryBy: (model: string) => `Written by ${model}.`,
  policy: {
    title: "How much is sent",
    messages: "Earlier messages, at most",
    messagesHint: "Empty: as many as usual.",
    tokens: "Tokens, at most",
    tokensHint: "Empty: as many as the model takes.",
    summarises: "Summarise what falls out",
    summarisesHint: "A model writes it, which costs a few tokens of its own.",
  },
  parameters: {
    title: "How the model answers",
    hint: "Empty: as the model's provider has set it.",
    usual: "As usual",
    stopHint: "Up to four, one a line. The answer ends before any of them.",
  },
  names: {
    temperature: "Temperature",
    top_p: "Top p",
    max_output_tokens: "Longest answer, in tokens",
    presence_penalty: "Presence penalty",
    frequency_penalty: "Frequency penalty",
    stop: "Stop texts",
    reasoning_effort: "Reasoning effort",
  } satisfies Record<ParameterName, string>,
  efforts: { minimal: "Minimal", low: "Low", medium: "Medium", high: "High" },
  tools: { title: "Tools the model may use", away: "Not available now" },
  range: (least: string, most: string) => `From ${least} to ${most}.`,
  notANumber: (least: string, most: string) => `A number from ${least} to ${most}, or nothing.`,
  notSaved: "This could not be saved.",
  saved: "Saved",
};
