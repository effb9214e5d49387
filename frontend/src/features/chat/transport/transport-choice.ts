// Which way the events of a turn come: a WebSocket, a stream, or asking again and again where a proxy lets neither
// through. Pure: what happened and when goes in, a choice comes out.
//
// A way that failed rests for a while and is then tried again. When nothing at all gets through, the network is away
// and no way is to blame: what was held against them since something last worked is forgotten.

export type Way = "socket" | "stream" | "polling";
export type FallibleWay = Exclude<Way, "polling">;

export type Standing = {
  failures: number;
  restsUntil: number;
  /** Something else has worked since it failed, so it was not the network. */
  isConfirmed: boolean;
};

export type Choice = Record<FallibleWay, Standing>;

const FIRST_REST_MS = 30_000;
const LONGEST_REST_MS = 10 * 60_000;
const SOUND: Standing = { failures: 0, restsUntil: 0, isConfirmed: false };

export const unspoiled: Choice = { socket: SOUND, stream: SOUND };

export function isResting(choice: Choice, way: FallibleWay, now: number): boolean {
  return choice[way].restsUntil > now;
}

export function bestWay(choice: Choice, now: number): Way {
  if (!isResting(choice, "socket", now)) return "socket";
  return isResting(choice, "stream", now) ? "polling" : "stream";
}

/** A way did not carry what it should have. `random` is between 0 and 1. */
export function noteFailure(choice: Choice, way: FallibleWay, now: number, random: number): Choice {
  const failures = choice[way].failures + 1;
  const ceiling = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** (failures - 1));
  const restsUntil = now + Math.round(ceiling * (0.75 + random / 2));
  return { ...choice, [way]: { failures, restsUntil, isConfirmed: false } };
}

/** A way has carried something: it is sound, and what failed before it failed by itself. */
export function noteSuccess(choice: Choice, way: Way): Choice {
  const confirmed: Choice = { socket: confirm(choice.socket), stream: confirm(choice.stream) };
  return way === "polling" ? confirmed : { ...confirmed, [way]: SOUND };
}

/** Not even a plain request got through. */
export function noteUnreachable(choice: Choice): Choice {
  return { socket: forgive(choice.socket), stream: forgive(choice.stream) };
}

function confirm(standing: Standing): Standing {
  return standing.failures === 0 ? standing : { ...standing, isConfirmed: true };
}

function forgive(standing: Standing): Standing {
  if (standing.isConfirmed || standing.failures === 0) return standing;
  return { ...standing, failures: standing.failures - 1, restsUntil: 0 };
}
