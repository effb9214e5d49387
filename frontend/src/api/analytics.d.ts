// Generated from docs/api/analytics-service.json by tools/openapi. Do not edit.

export interface paths {
    "/analytics/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow
         * @description Stream the summary whenever a number changes, and the turns that end.
         */
        get: operations["follow_analytics_live_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analytics/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Models
         * @description Tell which models were used.
         */
        get: operations["read_models_analytics_models_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analytics/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Requests
         * @description Tell which routes were used, how often and how fast they answered.
         */
        get: operations["read_requests_analytics_requests_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analytics/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Summary
         * @description Tell a period at a glance.
         */
        get: operations["read_summary_analytics_summary_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analytics/timeseries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Time Series
         * @description Tell a period interval by interval; days and hours are those of the time zone.
         */
        get: operations["read_time_series_analytics_timeseries_get"];
        put?: never;
        post?: never;
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
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
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
         * Interval
         * @description How fine a time series is.
         * @enum {string}
         */
        Interval: "quarter_hour" | "hour" | "day";
        /**
         * ModelReport
         * @description The models in use, the busiest first.
         */
        ModelReport: {
            /** Items */
            items: components["schemas"]["ModelUsage"][];
        };
        /**
         * ModelUsage
         * @description What one model was used for.
         */
        ModelUsage: {
            /** Cost Micro Usd */
            cost_micro_usd: number;
            /** Error Rate */
            error_rate: number | null;
            /** Input Tokens */
            input_tokens: number;
            /** Model */
            model: string;
            /** Output Tokens */
            output_tokens: number;
            /** P95 Response Time */
            p95_response_time: number | null;
            /** Provider */
            provider: string;
            /** Turns */
            turns: number;
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
         * RequestReport
         * @description The routes in use, the busiest first.
         */
        RequestReport: {
            /** Items */
            items: components["schemas"]["RouteUsage"][];
        };
        /**
         * RouteUsage
         * @description How one route of the services was used by the tenant.
         */
        RouteUsage: {
            /**
             * Errors
             * @description Answers with a status of 500 or more.
             */
            errors: number;
            /** Method */
            method: string;
            /** P50 Duration Ms */
            p50_duration_ms: number | null;
            /** P95 Duration Ms */
            p95_duration_ms: number | null;
            /** Requests */
            requests: number;
            /** Route */
            route: string;
            /** Service */
            service: string;
        };
        /**
         * Summary
         * @description The tenant at a glance. `total_users` and `total_conversations` are of all time, the rest of the period.
         */
        Summary: {
            /**
             * Active Users Today
             * @description Users who asked something today, in the asked time zone.
             */
            active_users_today: number;
            /**
             * As Of
             * @description Everything until then is counted; null before the first contact.
             */
            as_of: string | null;
            /**
             * Avg Response Time
             * @description Mean duration of all turns.
             */
            avg_response_time: number | null;
            /** Cached Tokens */
            cached_tokens: number;
            /** Cost Micro Usd */
            cost_micro_usd: number;
            /**
             * Error Rate
             * @description Share of turns that failed or were interrupted.
             */
            error_rate: number | null;
            /**
             * Estimated Tokens
             * @description Input and output tokens that the provider did not report.
             */
            estimated_tokens: number;
            /**
             * Failed Turns
             * @description Turns that failed or were interrupted.
             */
            failed_turns: number;
            /**
             * From
             * Format: date-time
             */
            from: string;
            /** Input Tokens */
            input_tokens: number;
            /**
             * Is Live
             * @description Whether every source is reachable and completely counted.
             */
            is_live: boolean;
            /** Output Tokens */
            output_tokens: number;
            /** P50 Response Time */
            p50_response_time: number | null;
            /** P50 Time To First Token */
            p50_time_to_first_token: number | null;
            /** P95 Response Time */
            p95_response_time: number | null;
            /** P95 Time To First Token */
            p95_time_to_first_token: number | null;
            /** P99 Response Time */
            p99_response_time: number | null;
            /** Questions */
            questions: number;
            /** Replies */
            replies: number;
            /** Stopped Turns */
            stopped_turns: number;
            /**
             * To
             * Format: date-time
             */
            to: string;
            /** Total Conversations */
            total_conversations: number;
            /**
             * Total Messages
             * @description Questions and replies.
             */
            total_messages: number;
            /**
             * Total Tokens Used
             * @description Input and output tokens.
             */
            total_tokens_used: number;
            /** Total Users */
            total_users: number;
            /** Turns */
            turns: number;
            /** Tz */
            tz: string;
        };
        /**
         * TimePoint
         * @description One interval of a time series.
         */
        TimePoint: {
            /**
             * Active Users
             * @default 0
             */
            active_users: number;
            /** Avg Response Time */
            avg_response_time?: number | null;
            /**
             * Cost Micro Usd
             * @default 0
             */
            cost_micro_usd: number;
            /**
             * Errors
             * @default 0
             */
            errors: number;
            /**
             * Input Tokens
             * @default 0
             */
            input_tokens: number;
            /**
             * Messages
             * @default 0
             */
            messages: number;
            /**
             * Output Tokens
             * @default 0
             */
            output_tokens: number;
            /** P95 Response Time */
            p95_response_time?: number | null;
            /**
             * Start
             * Format: date-time
             */
            start: string;
            /**
             * Turns
             * @default 0
             */
            turns: number;
        };
        /**
         * TimeSeries
         * @description What happened interval by interval, without gaps.
         */
        TimeSeries: {
            /**
             * From
             * Format: date-time
             */
            from: string;
            interval: components["schemas"]["Interval"];
            /** Points */
            points: components["schemas"]["TimePoint"][];
            /**
             * To
             * Format: date-time
             */
            to: string;
            /** Tz */
            tz: string;
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
    follow_analytics_live_get: {
        parameters: {
            query?: {
                /** @description By default 30 days before `to`. */
                from?: string | null;
                /** @description An IANA time zone, in which days begin. */
                tz?: string;
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
                    "text/event-stream": unknown;
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
    read_models_analytics_models_get: {
        parameters: {
            query?: {
                /** @description By default 30 days before `to`. */
                from?: string | null;
                /** @description By default now. */
                to?: string | null;
                /** @description An IANA time zone, in which days begin. */
                tz?: string;
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
                    "application/json": components["schemas"]["ModelReport"];
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
    read_requests_analytics_requests_get: {
        parameters: {
            query?: {
                /** @description By default 30 days before `to`. */
                from?: string | null;
                /** @description By default now. */
                to?: string | null;
                /** @description An IANA time zone, in which days begin. */
                tz?: string;
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
                    "application/json": components["schemas"]["RequestReport"];
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
    read_summary_analytics_summary_get: {
        parameters: {
            query?: {
                /** @description By default 30 days before `to`. */
                from?: string | null;
                /** @description By default now. */
                to?: string | null;
                /** @description An IANA time zone, in which days begin. */
                tz?: string;
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
                    "application/json": components["schemas"]["Summary"];
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
    read_time_series_analytics_timeseries_get: {
        parameters: {
            query?: {
                /** @description By default 30 days before `to`. */
                from?: string | null;
                interval?: components["schemas"]["Interval"];
                /** @description By default now. */
                to?: string | null;
                /** @description An IANA time zone, in which days begin. */
                tz?: string;
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
                    "application/json": components["schemas"]["TimeSeries"];
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
}
