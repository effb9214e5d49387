// The shapes the services speak, under our names. They are generated from the services' OpenAPI documents
// (tools/openapi); everything else in the page imports them from here.

import type { components as Analytics } from "./analytics.d.ts";
import type { components as Auth } from "./auth.d.ts";
import type { components as Chat } from "./chat.d.ts";

export type User = Auth["schemas"]["User"];
export type AccessToken = Auth["schemas"]["AccessToken"];
export type Registration = Auth["schemas"]["Registration"];
export type ProfileChange = Auth["schemas"]["ProfileChange"];
export type PasswordChange = Auth["schemas"]["PasswordChange"];

export type Conversation = Chat["schemas"]["ConversationView"];
export type NewConversation = Chat["schemas"]["NewConversation"];
export type ConversationChange = Chat["schemas"]["ConversationChange"];
/** An assistant message without an outcome is still being written. */
export type Message = Chat["schemas"]["MessageView"];
export type Question = Chat["schemas"]["Question"];
export type Model = Chat["schemas"]["ModelView"];
export type Turn = Chat["schemas"]["TurnView"];
export type TurnEvent = Chat["schemas"]["TurnEvent"];
export type Outcome = NonNullable<Message["outcome"]>;

export type Summary = Analytics["schemas"]["Summary"];
export type Interval = Analytics["schemas"]["Interval"];
export type TimePoint = Analytics["schemas"]["TimePoint"];
export type TimeSeries = Analytics["schemas"]["TimeSeries"];
export type ModelUsage = Analytics["schemas"]["ModelUsage"];
export type RequestUsage = Analytics["schemas"]["RouteUsage"];

export type Page<Item> = { items: Item[]; next_cursor: string | null };

/** What the live stream of analytics says of each turn; OpenAPI does not describe the frames of that stream. */
export type LiveTurn = {
  turn_id: string;
  user_id: string;
  model: string;
  provider: string;
  outcome: Outcome;
  input_tokens: number;
  output_tokens: number;
  duration_ms: number | null;
  finished_at: string;
};
