// The pushed side of the panel: figures and turns as they happen, over a stream that reconnects by itself.

import { useEffect, useReducer } from "react";
import { openLive, type Period, summaryQuery } from "@/api/analytics-service";
import { queryClient } from "@/api/query-client";
import { readSse, type SseFrame } from "@/api/sse";
import type { LiveTurn, Summary } from "@/api/types";
import { backoffDelayMs, pause } from "@/lib/backoff";

const TURNS_SHOWN = 6;
/** However busy the platform is, the chart is asked for at most this often. */
const REFETCH_EVERY_MS = 5_000;

export type LiveState = { isConnected: boolean; turns: LiveTurn[] };

type Step = { kind: "connected" } | { kind: "lost" } | { kind: "turn"; turn: LiveTurn };

export function useLiveAnalytics(period: Period): LiveState {
  const [state, step] = useReducer(reduce, { isConnected: false, turns: [] });
  const { from, tz } = period;

  useEffect(() => {
    const leaving = new AbortController();
    const refetch = atMostEvery(REFETCH_EVERY_MS, leaving.signal, refetchReports);
    void listen(
      { from, tz },
      leaving.signal,
      (frame) => {
        const data: unknown = JSON.parse(frame.data);
        if (frame.event === "turn") step({ kind: "turn", turn: data as LiveTurn });
        if (frame.event === "summary") showSummary({ from, tz }, data as Summary, refetch);
      },
      step,
    );
    return () => leaving.abort();
  }, [from, tz]);

  return state;
}

function reduce(state: LiveState, step: Step): LiveState {
  if (step.kind !== "turn") return { ...state, isConnected: step.kind === "connected" };
  const others = state.turns.filter((turn) => turn.turn_id !== step.turn.turn_id);
  return { ...state, turns: [step.turn, ...others].slice(0, TURNS_SHOWN) };
}

async function listen(
  period: Period,
  leaving: AbortSignal,
  onFrame: (frame: SseFrame) => void,
  step: (step: Step) => void,
): Promise<void> {
  for (let attempt = 0; !leaving.aborted; attempt += 1) {
    try {
      const response = await openLive(period, leaving);
      step({ kind: "connected" });
      for await (const frame of readSse(response)) {
        attempt = 0;
        onFrame(frame);
      }
    } catch {
      // Whatever broke the stream, the answer is the same: connect again, a little later each time.
    }
    if (leaving.aborted) return;
    step({ kind: "lost" });
    await pause(backoffDelayMs(attempt), leaving);
  }
}

function showSummary(period: Period, summary: Summary, onChange: () => void): void {
  const key = summaryQuery(period).queryKey;
  const before = queryClient.getQueryData<Summary>(key);
  queryClient.setQueryData(key, summary);
  if (before?.turns !== summary.turns || before.total_messages !== summary.total_messages) onChange();
}

function refetchReports(): void {
  for (const report of ["timeseries", "models", "requests"]) {
    void queryClient.invalidateQueries({ queryKey: ["analytics", report] });
  }
}

/** Runs at once, then keeps to the pace, and never forgets the last call. */
function atMostEvery(everyMs: number, leaving: AbortSignal, run: () => void): () => void {
  let lastAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  leaving.addEventListener("abort", () => clearTimeout(timer));
  const runNow = () => {
    timer = undefined;
    lastAt = Date.now();
    run();
  };
  return () => {
    timer ??= setTimeout(runNow, Math.max(0, lastAt + everyMs - Date.now()));
  };
}
