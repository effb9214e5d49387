// What the page asks of analytics-service.

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import type { Interval, ModelUsage, RequestUsage, Summary, TimeSeries } from "./types";

export type Period = { from: string; tz: string };

export function summaryQuery(period: Period) {
  return queryOptions({
    queryKey: ["analytics", "summary", period],
    queryFn: ({ signal }) => http.get<Summary>("/api/analytics/analytics/summary", { query: period, signal }),
    placeholderData: keepPreviousData,
  });
}

export function timeSeriesQuery(period: Period, interval: Interval) {
  return queryOptions({
    queryKey: ["analytics", "timeseries", period, interval],
    queryFn: ({ signal }) =>
      http.get<TimeSeries>("/api/analytics/analytics/timeseries", { query: { ...period, interval }, signal }),
    placeholderData: keepPreviousData,
  });
}

export function modelUsageQuery(period: Period) {
  return queryOptions({
    queryKey: ["analytics", "models", period],
    queryFn: ({ signal }) =>
      http.get<{ items: ModelUsage[] }>("/api/analytics/analytics/models", {
        query: { from: period.from },
        signal,
      }),
    select: (body) => body.items,
    placeholderData: keepPreviousData,
  });
}

export function requestUsageQuery(period: Period) {
  return queryOptions({
    queryKey: ["analytics", "requests", period],
    queryFn: ({ signal }) =>
      http.get<{ items: RequestUsage[] }>("/api/analytics/analytics/requests", {
        query: { from: period.from },
        signal,
      }),
    select: (body) => body.items,
    placeholderData: keepPreviousData,
  });
}

export function openLive(period: Period, signal: AbortSignal): Promise<Response> {
  return http.open("/api/analytics/analytics/live", {
    query: period,
    headers: { Accept: "text/event-stream" },
    signal,
  });
}
