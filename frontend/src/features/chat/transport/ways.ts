// What this browser knows of the ways to Parley, kept for a while so that each page need not find out anew.

import { readStored, store } from "@/lib/storage";
import {
  bestWay,
  type Choice,
  type FallibleWay,
  isResting,
  noteFailure,
  noteSuccess,
  noteUnreachable,
  type Standing,
  unspoiled,
  type Way,
} from "./transport-choice";

const STORED = "ways";

let choice = restored();
const listeners = new Set<() => void>();

export const ways = {
  best: (): Way => bestWay(choice, Date.now()),
  isResting: (way: FallibleWay): boolean => isResting(choice, way, Date.now()),
  restsUntil: (way: FallibleWay): number => choice[way].restsUntil,
  failed: (way: FallibleWay): void => become(noteFailure(choice, way, Date.now(), Math.random())),
  worked: (way: Way): void => become(noteSuccess(choice, way)),
  unreachable: (): void => become(noteUnreachable(choice)),
  forget: (): void => become(unspoiled),
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

function become(next: Choice): void {
  const told = JSON.stringify(next);
  if (told === JSON.stringify(choice)) return;
  choice = next;
  store(STORED, next.socket.failures + next.stream.failures === 0 ? null : told);
  for (const listener of listeners) listener();
}

function restored(): Choice {
  try {
    const stored = JSON.parse(readStored(STORED) ?? "null") as Partial<Choice> | null;
    if (isStanding(stored?.socket) && isStanding(stored.stream)) {
      return { socket: stored.socket, stream: stored.stream };
    }
  } catch {
    // What cannot be read is found out anew.
  }
  return unspoiled;
}

function isStanding(value: Standing | undefined): value is Standing {
  return Number.isFinite(value?.failures) && Number.isFinite(value?.restsUntil);
}
