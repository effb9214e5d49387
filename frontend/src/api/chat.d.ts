// Generated from docs/api/chat-service.json by tools/openapi. Do not edit.

export interface paths {
    "/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Conversations
         * @description List the caller's conversations, newest activity first.
         */
        get: operations["list_conversations_conversations_get"];
        put?: never;
        /**
         * Start Conversation
         * @description Start a conversation.
         */
        post: operations["start_conversation_conversations_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/{conversation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Conversation
         * @description Read one conversation.
         */
        get: operations["read_conversation_conversations__conversation_id__get"];
        put?: never;
        post?: never;
        /**
         * Delete Conversation
         * @description Put a conversation into the bin; a running answer is still finished and counted.
         */
        delete: operations["delete_conversation_conversations__conversation_id__delete"];
        options?: never;
        head?: never;
        /**
         * Change Conversation
         * @description Rename a conversation, or change its model or system prompt.
         */
        patch: operations["change_conversation_conversations__conversation_id__patch"];
        trace?: never;
    };
    "/conversations/{conversation_id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Messages
         * @description List messages: the newest page first, oldest first within a page.
         */
        get: operations["list_messages_conversations__conversation_id__messages_get"];
        put?: never;
        /**
         * Ask
         * @description Ask a question. The answer is made whoever listens; asking again with the same id follows the first turn.
         */
        post: operations["ask_conversations__conversation_id__messages_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/{conversation_id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore Conversation
         * @description Take a conversation out of the bin.
         */
        post: operations["restore_conversation_conversations__conversation_id__restore_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Health
         * @description Tell that the process lives.
         */
        get: operations["read_health_health_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Models
         * @description List the models on offer.
         */
        get: operations["list_models_models_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Readiness
         * @description Tell whether requests can be served: the database answers.
         */
        get: operations["read_readiness_ready_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/turns/{turn_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Turn
         * @description Read one turn.
         */
        get: operations["read_turn_turns__turn_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/turns/{turn_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow Turn
         * @description Follow a turn from its start, or after `Last-Event-ID`.
         */
        get: operations["follow_turn_turns__turn_id__events_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/turns/{turn_id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop Turn
         * @description Stop a turn; what was said is kept. Stopping an ended turn changes nothing.
         */
        post: operations["stop_turn_turns__turn_id__stop_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * ConversationChange
         * @description What to change; a field that is left out stays.
         */
        ConversationChange: {
            /** Model */
            model?: string | null;
            /** System Prompt */
            system_prompt?: string | null;
            /** Title */
            title?: string | null;
        };
        /**
         * ConversationPage
         * @description Conversations, newest activity first.
         */
        ConversationPage: {
            /** Items */
            items: components["schemas"]["ConversationView"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /**
         * ConversationView
         * @description A conversation as its owner sees it.
         */
        ConversationView: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Deleted At */
            deleted_at: string | null;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Last Message At */
            last_message_at: string | null;
            /** Model */
            model: string | null;
            /**
             * Running Turn Id
             * @description The turn that is being answered now.
             */
            running_turn_id?: string | null;
            /** System Prompt */
            system_prompt: string | null;
            /** Title */
            title: string | null;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
        };
        /**
         * DeltaEvent
         * @description A piece of the answer.
         */
        DeltaEvent: {
            /** Epoch */
            epoch: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "delta";
            /** Seq */
            seq: number;
            /** Text */
            text: string;
            /**
             * Turn Id
             * Format: uuid
             */
            turn_id: string;
        };
        /**
         * DoneEvent
         * @description The answer is complete, or was stopped by its reader; the reply is as stored.
         */
        DoneEvent: {
            /** Epoch */
            epoch: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "done";
            /**
             * Outcome
             * @enum {string}
             */
            outcome: "finished" | "stopped";
            reply: components["schemas"]["MessageView"];
            /** Seq */
            seq: number;
            /**
             * Turn Id
             * Format: uuid
             */
            turn_id: string;
        };
        /**
         * FailedEvent
         * @description The answer could not be completed; what was said is kept in the reply.
         */
        FailedEvent: {
            /** Code */
            code: string;
            /** Detail */
            detail: string;
            /** Epoch */
            epoch: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "failed";
            /**
             * Outcome
             * @enum {string}
             */
            outcome: "failed" | "interrupted";
            reply: components["schemas"]["MessageView"];
            /** Seq */
            seq: number;
            /**
             * Turn Id
             * Format: uuid
             */
            turn_id: string;
        };
        /**
         * Health
         * @description A sign of life.
         */
        Health: {
            /** Service */
            service: string;
            /**
             * Status
             * @default ok
             */
            status: string;
        };
        /**
         * MessagePage
         * @description Messages, oldest first; `next_cursor` leads to older ones.
         */
        MessagePage: {
            /** Items */
            items: components["schemas"]["MessageView"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /**
         * MessageView
         * @description A message; a reply whose `outcome` is empty is still being written.
         */
        MessageView: {
            /** Client Message Id */
            client_message_id: string | null;
            /** Content */
            content: string;
            /**
             * Conversation Id
             * Format: uuid
             */
            conversation_id: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Duration Ms */
            duration_ms: number | null;
            /** Error Code */
            error_code: string | null;
            /** Error Detail */
            error_detail?: string | null;
            /** Finished At */
            finished_at: string | null;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Input Tokens */
            input_tokens: number | null;
            /**
             * Left Out
             * @description Messages of the conversation that did not fit the context.
             */
            left_out: number;
            /** Model */
            model: string | null;
            /** Outcome */
            outcome: ("finished" | "stopped" | "failed" | "interrupted") | null;
            /** Output Tokens */
            output_tokens: number | null;
            /** Parent Id */
            parent_id: string | null;
            /** Provider */
            provider: string | null;
            /**
             * Role
             * @enum {string}
             */
            role: "user" | "assistant";
            /** Time To First Token Ms */
            time_to_first_token_ms: number | null;
            /** Turn Id */
            turn_id: string | null;
            /** Usage Source */
            usage_source: ("provider" | "estimated") | null;
        };
        /**
         * ModelList
         * @description The models on offer, the default first.
         */
        ModelList: {
            /** Items */
            items: components["schemas"]["ModelView"][];
        };
        /**
         * ModelView
         * @description A model one can ask; `context_window` counts tokens.
         */
        ModelView: {
            /** Context Window */
            context_window: number;
            /** Id */
            id: string;
            /** Is Default */
            is_default: boolean;
            /** Is Demo */
            is_demo: boolean;
            /** Name */
            name: string;
            /** Provider */
            provider: string;
        };
        /**
         * NewConversation
         * @description A conversation to start; repeating `client_conversation_id` returns the first one.
         */
        NewConversation: {
            /** Client Conversation Id */
            client_conversation_id?: string | null;
            /** Model */
            model?: string | null;
            /** System Prompt */
            system_prompt?: string | null;
            /** Title */
            title?: string | null;
        };
        /**
         * Problem
         * @description The error body of every service (RFC 9457), for the OpenAPI documents.
         */
        Problem: {
            /**
             * Code
             * @description Stable, for programs; docs/errors.md lists all codes.
             */
            code: string;
            /** Detail */
            detail: string;
            /** Request Id */
            request_id: string;
            /** Status */
            status: number;
            /** Title */
            title: string;
            /**
             * Type
             * @default about:blank
             */
            type: string;
        };
        /**
         * Question
         * @description A question to ask; `client_message_id` makes asking it twice the same as asking it once.
         */
        Question: {
            /**
             * Client Message Id
             * Format: uuid
             */
            client_message_id: string;
            /** Content */
            content: string;
            /** Model */
            model?: string | null;
            /**
             * Parent Id
             * @description The message this one follows; the newest when left out.
             */
            parent_id?: string | null;
        };
        /**
         * SnapshotEvent
         * @description The asked position cannot be continued: replace the text by the reply's and go on from `seq`.
         */
        SnapshotEvent: {
            /** Epoch */
            epoch: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "snapshot";
            /**
             * Recovered
             * @default false
             * @constant
             */
            recovered: false;
            reply: components["schemas"]["MessageView"];
            /** Seq */
            seq: number;
            /**
             * Turn Id
             * Format: uuid
             */
            turn_id: string;
        };
        /**
         * StartedEvent
         * @description The question is stored and the model is being asked.
         */
        StartedEvent: {
            /**
             * Client Message Id
             * Format: uuid
             */
            client_message_id: string;
            /** Epoch */
            epoch: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "started";
            question: components["schemas"]["MessageView"];
            reply: components["schemas"]["MessageView"];
            /** Seq */
            seq: number;
            /**
             * Turn Id
             * Format: uuid
             */
            turn_id: string;
        };
        /**
         * TurnAnswer
         * @description A turn with its question and its reply.
         */
        TurnAnswer: {
            question: components["schemas"]["MessageView"];
            reply: components["schemas"]["MessageView"];
            turn: components["schemas"]["TurnView"];
        };
        /**
         * TurnEvent
         * @description One event of a turn.
         */
        TurnEvent: components["schemas"]["StartedEvent"] | components["schemas"]["DeltaEvent"] | components["schemas"]["UsageEvent"] | components["schemas"]["DoneEvent"] | components["schemas"]["FailedEvent"] | components["schemas"]["SnapshotEvent"];
        /**
         * TurnView
         * @description A turn; `outcome` is empty while it is being answered.
         */
        TurnView: {
            /**
             * Conversation Id
             * Format: uuid
             */
            conversation_id: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Epoch */
            epoch: string;
            /** Finished At */
            finished_at: string | null;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Model */
            model: string;
            /** Outcome */
            outcome: ("finished" | "stopped" | "failed" | "interrupted") | null;
            /** Provider */
            provider: string;
            /**
             * Question Id
             * Format: uuid
             */
            question_id: string;
            /**
             * Reply Id
             * Format: uuid
             */
            reply_id: string;
        };
        /**
         * UsageEvent
         * @description What the call used.
         */
        UsageEvent: {
            /** Cached Tokens */
            cached_tokens: number;
            /** Epoch */
            epoch: string;
            /** Input Tokens */
            input_tokens: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "usage";
            /** Output Tokens */
            output_tokens: number;
            /** Seq */
            seq: number;
            /**
             * Turn Id
             * Format: uuid
             */
            turn_id: string;
            /**
             * Usage Source
             * @enum {string}
             */
            usage_source: "provider" | "estimated";
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_conversations_conversations_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                deleted?: boolean;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationPage"];
                };
            };
            /** @description What was sent is not valid; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    start_conversation_conversations_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewConversation"];
            };
        };
        responses: {
            /** @description Started before. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationView"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationView"];
                };
            };
            /** @description What was sent is not valid; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_conversation_conversations__conversation_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationView"];
                };
            };
            /** @description What was sent is not valid; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_conversation_conversations__conversation_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What was sent is not valid; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_conversation_conversations__conversation_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConversationChange"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationView"];
                };
            };
            /** @description What was sent is not valid; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_messages_conversations__conversation_id__messages_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                conversation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessagePage"];
                };
            };
            /** @description What was sent is not valid; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ask_conversations__conversation_id__messages_post: {
        parameters: {
            query?: never;
            header?: {
                prefer?: string;
            };
            path: {
                conversation_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Question"];
            };
        };
        responses: {
            /** @description With `Accept: text/event-stream`: the events of the turn from its start. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["TurnEvent"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TurnAnswer"];
                };
            };
            /** @description Accepted, with `Prefer: respond-async`. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TurnAnswer"];
                };
            };
            /** @description What was sent is not valid; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    restore_conversation_conversations__conversation_id__restore_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationView"];
                };
            };
            /** @description What was sent is not valid; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_health_health_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description What was sent is not valid; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_models_models_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelList"];
                };
            };
            /** @description What was sent is not valid; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_readiness_ready_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description What was sent is not valid; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_turn_turns__turn_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                turn_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TurnView"];
                };
            };
            /** @description What was sent is not valid; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    follow_turn_turns__turn_id__events_get: {
        parameters: {
            query?: never;
            header?: {
                "last-event-id"?: string | null;
            };
            path: {
                turn_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The numbered events of the turn as server-sent events, to its end. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["TurnEvent"];
                };
            };
            /** @description What was sent is not valid; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Problem"];
                };
            };
        };
    };
    stop_turn_turns__turn_id__stop_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                turn_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TurnView"];
                };
            };
            /** @description What was sent is not valid; `errors` names the fields. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem (RFC 9457). */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
