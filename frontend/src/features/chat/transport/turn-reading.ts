// What every way of reading a turn is given, and what it says when it comes back.

import type { TurnEvent } from "@/api/types";

/** Where to go on reading. */
export type Position = { epoch: string; seq: number };

export type TurnReading = {
  turnId: string;
  position: () => Position | null;
  take: (event: TurnEvent) => void;
  /** Whether there is no reason to read on: the turn has ended, or an event is missing. */
  isOver: () => boolean;
  /** Called at the first sign that this way carries. */
  opened: () => void;
  signal: AbortSignal;
};

/**
 * broken: the connection ended too early. moved: another way is better now. declined: the service would not tell it
 * this way, and a plain request says why.
 */
export type ReadingEnd = "over" | "broken" | "moved" | "declined";

/** As the `Last-Event-ID` header and `after` want it. */
export function eventId(position: Position | null): string | null {
  return position && `${position.epoch}:${position.seq}`;
}
