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
         * @description Rename a conversation, or change its model, its system prompt, its context policy or its parameters.
         */
        patch: operations["change_conversation_conversations__conversation_id__patch"];
        trace?: never;
    };
    "/conversations/{conversation_id}/context": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Context
         * @description Show what would be sent with the next question: below `parent_id`, or below the newest message.
         */
        get: operations["read_context_conversations__conversation_id__context_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/{conversation_id}/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hand In Image
         * @description Hand in a picture to ask with: at most 8 MiB of PNG, JPEG, WebP or GIF as the body itself.
         */
        post: operations["hand_in_image_conversations__conversation_id__images_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
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
    "/conversations/{conversation_id}/messages/{message_id}/continue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Continue Answer
         * @description Say the rest of an interrupted answer, as a new branch that begins with what was said.
         */
        post: operations["continue_answer_conversations__conversation_id__messages__message_id__continue_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/{conversation_id}/messages/{message_id}/regenerate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Regenerate
         * @description Answer a question once more, perhaps by another model, beside the answers it has.
         */
        post: operations["regenerate_conversations__conversation_id__messages__message_id__regenerate_post"];
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
    "/images/{image_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Image
         * @description Read a picture, as it was handed in.
         */
        get: operations["read_image_images__image_id__get"];
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
    "/tools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Tools
         * @description List the tools that models may use.
         */
        get: operations["list_tools_tools_get"];
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
    "/turns/{turn_id}/poll": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Poll Turn
         * @description Return what came after a position, waiting a while for it: for networks through which no stream passes.
         */
        get: operations["poll_turn_turns__turn_id__poll_get"];
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
         * Again
         * @description Another answer to a question that was answered before, or the rest of one that was interrupted.
         */
        Again: {
            /**
             * Client Message Id
             * Format: uuid
             */
            client_message_id: string;
            /**
             * If Busy
             * @description While another question is answered: refuse, or queue behind it.
             * @default refuse
             * @enum {string}
             */
            if_busy: "refuse" | "queue";
            /** Model */
            model?: string | null;
            /** @description Those of the conversation when left out. */
            parameters?: components["schemas"]["CallParameters"] | null;
        };
        /**
         * CallParameters
         * @description What a call to a model may set; which of them a model takes stands in its entry of the catalogue.
         */
        CallParameters: {
            /** Frequency Penalty */
            frequency_penalty?: number | null;
            /** Max Output Tokens */
            max_output_tokens?: number | null;
            /** Presence Penalty */
            presence_penalty?: number | null;
            /** Reasoning Effort */
            reasoning_effort?: ("minimal" | "low" | "medium" | "high") | null;
            /** Stop */
            stop?: string[];
            /** Temperature */
            temperature?: number | null;
            /** Top P */
            top_p?: number | null;
        };
        /**
         * ContextPolicy
         * @description How much of a conversation is sent along with a question; what is left out follows the service's settings.
         */
        ContextPolicy: {
            /**
             * Messages
             * @description At most so many earlier messages.
             */
            messages?: number | null;
            /**
             * Summarises
             * @description Tell the model what fell out as a summary, which a model writes.
             * @default false
             */
            summarises: boolean;
            /**
             * Tokens
             * @description At most so many tokens, question included.
             */
            tokens?: number | null;
        };
        /**
         * ContextView
         * @description What would be sent to a model with the next question, oldest first, and what would not.
         */
        ContextView: {
            /**
             * Budget
             * @description Tokens that may be sent; the rest is left to the answer.
             */
            budget: number;
            /**
             * Counting
             * @description Tokens are counted with a public tokenizer, or estimated from the length.
             * @enum {string}
             */
            counting: "counted" | "estimated";
            /**
             * Fits
             * @description Whether a question of this length can be asked.
             */
            fits: boolean;
            /**
             * Left Out
             * @description Messages that are neither sent nor told by the summary.
             */
            left_out: number;
            /** Model */
            model: string;
            /** Parts */
            parts: components["schemas"]["PartView"][];
            policy: components["schemas"]["ContextPolicy"];
            /** @description The summary of what fell out, when there is one. */
            summary: components["schemas"]["SummaryView"] | null;
            /**
             * Tokens
             * @description Tokens that would be sent.
             */
            tokens: number;
            /**
             * Window
             * @description Tokens the model takes, question and answer.
             */
            window: number;
        };
        /**
         * ConversationChange
         * @description What to change; a field that is left out stays.
         */
        ConversationChange: {
            /**
             * @default {
             *       "summarises": false
             *     }
             */
            context: components["schemas"]["ContextPolicy"];
            /** Model */
            model?: string | null;
            /**
             * @default {
             *       "stop": []
             *     }
             */
            parameters: components["schemas"]["CallParameters"];
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
            context: components["schemas"]["ContextPolicy"];
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
            parameters: components["schemas"]["CallParameters"];
            /**
             * Queued Turn Ids
             * @description Turns that wait for it, in their order.
             */
            queued_turn_ids?: string[];
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
         * Fallback
         * @description A model that was asked and failed before its first word, so that the next one was asked.
         */
        Fallback: {
            /** Code */
            code: string;
            /** Model */
            model: string;
            /** Provider */
            provider: string;
        };
        /**
         * FallbackEvent
         * @description A model failed before its first word; the next one, `model` of `provider`, is being asked.
         */
        FallbackEvent: {
            /** Epoch */
            epoch: string;
            failed: components["schemas"]["Fallback"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "fallback";
            /** Model */
            model: string;
            /** Provider */
            provider: string;
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
         * ImageView
         * @description A picture of a question; its bytes are at `/images/{id}`.
         */
        ImageView: {
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Media Type */
            media_type: string;
            /** Size Bytes */
            size_bytes: number;
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
            /**
             * Asked Model
             * @description The model that was asked, when another one answered.
             */
            asked_model?: string | null;
            /** Cached Tokens */
            cached_tokens?: number | null;
            /** Client Message Id */
            client_message_id: string | null;
            /** Content */
            content: string;
            /**
             * Continues Id
             * @description The interrupted reply that this one continues.
             */
            continues_id?: string | null;
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
            /**
             * Fallbacks
             * @description The models that failed before this one.
             */
            fallbacks?: components["schemas"]["Fallback"][];
            /**
             * Finish Reason
             * @description Why the model stopped, in its protocol's words.
             */
            finish_reason?: string | null;
            /** Finished At */
            finished_at: string | null;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Images */
            images?: components["schemas"]["ImageView"][];
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
             * Reasoning
             * @description What the model thought before it answered.
             * @default
             */
            reasoning: string;
            /** Reasoning Tokens */
            reasoning_tokens?: number | null;
            /**
             * Role
             * @enum {string}
             */
            role: "user" | "assistant";
            /**
             * Steps
             * @description The tools it used, in order.
             */
            steps?: components["schemas"]["ToolStep"][];
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
         * @description A model one can ask; `context_window` and `max_output_tokens` count tokens.
         */
        ModelView: {
            /** Capabilities */
            capabilities: ("images" | "tools" | "reasoning")[];
            /** Context Window */
            context_window: number;
            /**
             * Fallbacks
             * @description Asked in this order when this model fails before its first word.
             */
            fallbacks: string[];
            /**
             * Id
             * @description What a question names to be answered by this model.
             */
            id: string;
            /**
             * Is Available
             * @description False while the model is left alone because it keeps failing.
             */
            is_available: boolean;
            /** Is Default */
            is_default: boolean;
            /** Is Demo */
            is_demo: boolean;
            /**
             * Max Output Tokens
             * @description The longest answer that may be asked for; empty: not known.
             */
            max_output_tokens: number | null;
            /**
             * Name
             * @description What people read.
             */
            name: string;
            /**
             * Parameters
             * @description What a call may set.
             */
            parameters: ("temperature" | "top_p" | "max_output_tokens" | "presence_penalty" | "frequency_penalty" | "stop" | "reasoning_effort")[];
            /** @description Empty for a model whose price nobody tells. */
            prices: components["schemas"]["PriceView"] | null;
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
            /**
             * @default {
             *       "summarises": false
             *     }
             */
            context: components["schemas"]["ContextPolicy"];
            /** Model */
            model?: string | null;
            /**
             * @default {
             *       "stop": []
             *     }
             */
            parameters: components["schemas"]["CallParameters"];
            /** System Prompt */
            system_prompt?: string | null;
            /** Title */
            title?: string | null;
        };
        /**
         * PartView
         * @description One part of what would be sent; `reason` says why an earlier message is sent or not.
         */
        PartView: {
            /** Is Sent */
            is_sent: boolean;
            /**
             * Kind
             * @enum {string}
             */
            kind: "system" | "tools" | "summary" | "message" | "question" | "instruction";
            /** Message Id */
            message_id: string | null;
            /**
             * Preview
             * @description How it begins.
             */
            preview: string;
            /** Reason */
            reason: ("newest" | "over_message_limit" | "over_token_budget" | "empty" | "summarised") | null;
            /** Role */
            role: string | null;
            /** Tokens */
            tokens: number;
        };
        /**
         * PriceView
         * @description What a million tokens cost now, in millionths of a US dollar; `version` names the price list.
         */
        PriceView: {
            /** Cached Input */
            cached_input: number;
            /** Input */
            input: number;
            /** Output */
            output: number;
            /** Version */
            version: string;
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
         * @description A question to ask. It follows `parent_id`, or stands beside the question that it `edits`.
         */
        Question: {
            /**
             * Client Message Id
             * Format: uuid
             */
            client_message_id: string;
            /** Content */
            content: string;
            /**
             * Edits
             * @description The question that this one is another version of.
             */
            edits?: string | null;
            /**
             * If Busy
             * @description While another question is answered: refuse, or queue behind it.
             * @default refuse
             * @enum {string}
             */
            if_busy: "refuse" | "queue";
            /** Image Ids */
            image_ids?: string[];
            /** Model */
            model?: string | null;
            /** @description Those of the conversation when left out. */
            parameters?: components["schemas"]["CallParameters"] | null;
            /**
             * Parent Id
             * @description The message this one follows; the newest when left out.
             */
            parent_id?: string | null;
        };
        /**
         * ReasoningEvent
         * @description A piece of what the model thinks before it answers.
         */
        ReasoningEvent: {
            /** Epoch */
            epoch: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "reasoning";
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
         * SnapshotEvent
         * @description The asked position cannot be continued: replace the reply by this one and go on from `seq`.
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
         * @description The question is stored and the model is being asked. The reply may begin with the text that it continues.
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
         * SummaryView
         * @description A summary of what fell out. It tells `covers` messages, the last of them `last_message_id`.
         */
        SummaryView: {
            /** Content */
            content: string;
            /** Covers */
            covers: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Last Message Id
             * Format: uuid
             */
            last_message_id: string;
            /** Model */
            model: string;
        };
        /**
         * ToolEvent
         * @description A tool was asked for, or came to its end: the step with this `call_id` is now as told.
         */
        ToolEvent: {
            /** Epoch */
            epoch: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "tool";
            /** Seq */
            seq: number;
            step: components["schemas"]["ToolStep"];
            /**
             * Turn Id
             * Format: uuid
             */
            turn_id: string;
        };
        /**
         * ToolList
         * @description The tools that are known, the service's own first.
         */
        ToolList: {
            /** Items */
            items: components["schemas"]["ToolView"][];
        };
        /**
         * ToolStep
         * @description A tool that the model asked for, and what came of it; `result` is empty while it runs.
         */
        ToolStep: {
            /** Arguments */
            arguments: string;
            /** Call Id */
            call_id: string;
            /** Name */
            name: string;
            /** Result */
            result?: string | null;
            /**
             * State
             * @enum {string}
             */
            state: "running" | "done" | "failed";
        };
        /**
         * ToolView
         * @description A tool that models may use while they answer.
         */
        ToolView: {
            /** Description */
            description: string;
            /**
             * Is Available
             * @description Whether it is offered to models now; a server may be away.
             */
            is_available: boolean;
            /** Name */
            name: string;
            /**
             * Source
             * @description `built-in`, or the name of the server that runs it.
             */
            source: string;
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
        TurnEvent: components["schemas"]["StartedEvent"] | components["schemas"]["DeltaEvent"] | components["schemas"]["ReasoningEvent"] | components["schemas"]["ToolEvent"] | components["schemas"]["FallbackEvent"] | components["schemas"]["UsageEvent"] | components["schemas"]["DoneEvent"] | components["schemas"]["FailedEvent"] | components["schemas"]["SnapshotEvent"];
        /**
         * TurnEvents
         * @description Events after a position; `last_event_id` is the position to ask for next, `is_over` tells that none will come.
         */
        TurnEvents: {
            /** Events */
            events: components["schemas"]["TurnEvent"][];
            /** Is Over */
            is_over: boolean;
            /** Last Event Id */
            last_event_id: string;
        };
        /**
         * TurnView
         * @description A turn; `outcome` is empty until it has ended.
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
            /**
             * State
             * @enum {string}
             */
            state: "queued" | "running" | "ended";
        };
        /**
         * UsageEvent
         * @description What the calls of this turn used.
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
            /** Reasoning Tokens */
            reasoning_tokens: number;
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
    read_context_conversations__conversation_id__context_get: {
        parameters: {
            query?: {
                content_tokens?: number;
                model?: string | null;
                parent_id?: string | null;
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
                    "application/json": components["schemas"]["ContextView"];
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
    hand_in_image_conversations__conversation_id__images_post: {
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
                "image/gif": string;
                "image/jpeg": string;
                "image/png": string;
                "image/webp": string;
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImageView"];
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
    continue_answer_conversations__conversation_id__messages__message_id__continue_post: {
        parameters: {
            query?: never;
            header?: {
                prefer?: string;
            };
            path: {
                conversation_id: string;
                message_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Again"];
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
    regenerate_conversations__conversation_id__messages__message_id__regenerate_post: {
        parameters: {
            query?: never;
            header?: {
                prefer?: string;
            };
            path: {
                conversation_id: string;
                message_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Again"];
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
    read_image_images__image_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                image_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/gif": string;
                    "image/jpeg": string;
                    "image/png": string;
                    "image/webp": string;
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
    list_tools_tools_get: {
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
                    "application/json": components["schemas"]["ToolList"];
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
    poll_turn_turns__turn_id__poll_get: {
        parameters: {
            query?: {
                after?: string | null;
                wait?: number;
            };
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
                    "application/json": components["schemas"]["TurnEvents"];
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
