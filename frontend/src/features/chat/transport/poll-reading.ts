// Reads a turn by asking again and again: each request waits at the service until there is something to tell.

import { pollTurn } from "@/api/chat-service";
import { Problem } from "@/api/problem";
import { pause } from "@/lib/backoff";
import { eventId, type ReadingEnd, type TurnReading } from "./turn-reading";
import { ways } from "./ways";

const LONGEST_WAIT_SECONDS = 20;
const SHORTEST_WAIT_SECONDS = 2;
/** An answer in full flow is asked for this often, not piece by piece. */
const INTERVAL_MS = 700;
/** A request that is cut later than this was cut because it waited. */
const CUT_WHILE_WAITING_MS = 1_500;

export async function readByPolling(reading: TurnReading): Promise<ReadingEnd> {
  let waitSeconds = LONGEST_WAIT_SECONDS;
  // The first request may wait for long, and one that is not answered yet has not failed.
  reading.opened();
  while (!reading.signal.aborted) {
    const askedAt = Date.now();
    try {
      await askOnce(reading, waitSeconds);
    } catch (error) {
      // Some networks cut whatever is quiet for long: then it is asked more often.
      const wasCut =
        error instanceof Problem && error.isPassing && Date.now() - askedAt > CUT_WHILE_WAITING_MS;
      if (!wasCut || waitSeconds <= SHORTEST_WAIT_SECONDS) throw error;
      waitSeconds = Math.max(SHORTEST_WAIT_SECONDS, waitSeconds / 2);
    }
    if (reading.isOver()) return "over";
    if (ways.best() === "stream") return "moved";
    await pause(Math.max(0, INTERVAL_MS - (Date.now() - askedAt)), reading.signal);
  }
  return "moved";
}

async function askOnce(reading: TurnReading, waitSeconds: number): Promise<void> {
  const position = reading.position();
  const told = await pollTurn(reading.turnId, eventId(position), waitSeconds, reading.signal);
  reading.opened();
  ways.worked("polling");
  for (const event of told.events) reading.take(event);
  if (!told.is_over || reading.isOver() || position === null) return;
  // It ended without telling us how, so the whole of it is asked for.
  const whole = await pollTurn(reading.turnId, null, 0, reading.signal);
  for (const event of whole.events) reading.take(event);
}
