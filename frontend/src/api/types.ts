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

type ChatSchemas = Chat["schemas"];

export type Conversation = Required<ChatSchemas["ConversationView"]>;
export type NewConversation = Partial<ChatSchemas["NewConversation"]>;
export type ConversationChange = Partial<ChatSchemas["ConversationChange"]>;
/** What a conversation sends along with a question, and how a model is called. */
export type ContextPolicy = ChatSchemas["ContextPolicy"];
export type CallParameters = ChatSchemas["CallParameters"];
/** An assistant message without an outcome is still being written, or waits its turn. */
export type Message = Required<ChatSchemas["MessageView"]>;
export type ImageView = ChatSchemas["ImageView"];
export type ToolStep = Required<ChatSchemas["ToolStep"]>;
export type Fallback = ChatSchemas["Fallback"];
export type Question = WithDefaults<ChatSchemas["Question"], "if_busy">;
/** Another answer to a question, or the rest of an answer. */
export type Again = WithDefaults<ChatSchemas["Again"], "if_busy">;
export type Model = Required<ChatSchemas["ModelView"]>;
export type ParameterName = Model["parameters"][number];
export type Tool = ChatSchemas["ToolView"];
export type Context = ChatSchemas["ContextView"];
export type ContextPart = ChatSchemas["PartView"];
export type Turn = ChatSchemas["TurnView"];
export type TurnAnswer = { turn: Turn; question: Message; reply: Message };
export type TurnEvent = WithWholeMessages<ChatSchemas["TurnEvent"]>;
export type TurnEvents = { events: TurnEvent[]; last_event_id: string; is_over: boolean };
export type Outcome = NonNullable<Message["outcome"]>;

export type Summary = Analytics["schemas"]["Summary"];
export type Interval = Analytics["schemas"]["Interval"];
export type TimePoint = Analytics["schemas"]["TimePoint"];
export type TimeSeries = Analytics["schemas"]["TimeSeries"];
export type ModelUsage = Analytics["schemas"]["ModelUsage"];
export type RequestUsage = Analytics["schemas"]["RouteUsage"];

/** What a service fills in by itself may be left out of a request. */
type WithDefaults<Body, Field extends keyof Body> = Omit<Body, Field> & Partial<Pick<Body, Field>>;

/** Messages come with all their fields; that some have defaults matters only to whoever makes one. */
type WithWholeMessages<Event> = Event extends { question: unknown; reply: unknown }
  ? Omit<Event, "question" | "reply"> & { question: Message; reply: Message }
  : Event extends { reply: unknown }
    ? Omit<Event, "reply"> & { reply: Message }
    : Event;

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
