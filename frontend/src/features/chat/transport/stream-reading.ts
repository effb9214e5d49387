// Reads a turn as server-sent events. A proxy may hold a stream back until it ends: when nothing has come for a
// while, a plain request tells whether there was something to come.

import { openTurnEvents, pollTurn } from "@/api/chat-service";
import { readSse, type SseFrame } from "@/api/sse";
import type { TurnEvent } from "@/api/types";
import { leashTo } from "@/lib/abort";
import { pause } from "@/lib/backoff";
import { eventId, type ReadingEnd, type TurnReading } from "./turn-reading";
import { ways } from "./ways";

/** The stream must bring something this often, if there is something. */
const QUIET_MS = 5_000;
/** What a plain request has just seen may be on its way in the stream. */
const GRACE_MS = 1_000;
const PROOF_MS = 500;

export async function readByStream(reading: TurnReading): Promise<ReadingEnd> {
  const leash = leashTo(reading.signal);
  const held = { ...reading, signal: leash.signal };
  const sign = new LifeSign();
  try {
    return await Promise.race([read(held, sign), watch(held, sign)]);
  } finally {
    leash.abort();
    leash.release();
  }
}

class LifeSign {
  at = Date.now();
  private firstAt = Number.POSITIVE_INFINITY;

  note = (): void => {
    this.at = Date.now();
    this.firstAt = Math.min(this.firstAt, this.at);
  };

  /** What was held back comes all at once; what comes for a while comes as it is said. */
  get isLive(): boolean {
    return this.at - this.firstAt > PROOF_MS;
  }
}

async function read(reading: TurnReading, sign: LifeSign): Promise<ReadingEnd> {
  let hasCarried = false;
  let wasBarred = false;
  try {
    const response = await openTurnEvents(reading.turnId, eventId(reading.position()), reading.signal);
    reading.opened();
    for await (const frame of readSse(response, { onBytes: sign.note })) {
      const event = eventFrom(frame);
      if (!event) continue;
      hasCarried = true;
      if (sign.isLive) ways.worked("stream");
      reading.take(event);
      if (reading.isOver()) return "over";
    }
  } catch (error) {
    if (hasCarried || reading.signal.aborted) throw error;
    wasBarred = true;
  }
  return hasCarried ? "broken" : compare(reading, wasBarred);
}

/** The stream brought nothing at all. A plain request says whether that is its own fault, or throws what is. */
async function compare(reading: TurnReading, wasBarred: boolean): Promise<ReadingEnd> {
  const { events } = await pollTurn(reading.turnId, eventId(reading.position()), 0, reading.signal);
  if (events.length === 0 && !wasBarred) return "broken";
  for (const event of events) reading.take(event);
  ways.failed("stream");
  return "moved";
}

async function watch(reading: TurnReading, sign: LifeSign): Promise<ReadingEnd> {
  for (let lookedAt = sign.at; ; lookedAt = Date.now()) {
    await pause(Math.max(0, Math.max(lookedAt, sign.at) + QUIET_MS - Date.now()), reading.signal);
    if (reading.signal.aborted) return "moved";
    if (Date.now() - sign.at < QUIET_MS) continue;
    if (await isHeldBack(reading, sign)) {
      ways.failed("stream");
      return "moved";
    }
  }
}

async function isHeldBack(reading: TurnReading, sign: LifeSign): Promise<boolean> {
  const heardAt = sign.at;
  const { events } = await pollTurn(reading.turnId, eventId(reading.position()), 0, reading.signal);
  if (events.length === 0) return false;
  await pause(GRACE_MS, reading.signal);
  if (sign.at !== heardAt || reading.signal.aborted) return false;
  for (const event of events) reading.take(event);
  return true;
}

function eventFrom(frame: SseFrame): TurnEvent | null {
  try {
    const event = JSON.parse(frame.data) as TurnEvent | null;
    return event && typeof event.kind === "string" ? event : null;
  } catch {
    return null;
  }
}
