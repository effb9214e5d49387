// What the numbers of a conversation may be. The service decides; this says it before one has to ask. Pure.

import type { ParameterName } from "@/api/types";

export type Range = { least: number; most: number; isWhole: boolean };

export const MESSAGES: Range = { least: 0, most: 1_000, isWhole: true };
export const TOKENS: Range = { least: 256, most: 10_000_000, isWhole: true };

export type NumberName = Exclude<ParameterName, "stop" | "reasoning_effort">;

export const PARAMETERS: Record<NumberName, Range> = {
  temperature: { least: 0, most: 2, isWhole: false },
  top_p: { least: 0.01, most: 1, isWhole: false },
  max_output_tokens: { least: 1, most: 1_000_000, isWhole: true },
  presence_penalty: { least: -2, most: 2, isWhole: false },
  frequency_penalty: { least: -2, most: 2, isWhole: false },
};

export const EFFORTS = ["minimal", "low", "medium", "high"] as const;
const MOST_STOPS = 4;

/** Null: nothing was typed. Undefined: it is no number that may be. */
export function numberFrom(typed: string, { least, most, isWhole }: Range): number | null | undefined {
  const text = typed.trim().replace(",", ".");
  if (text === "") return null;
  const number = Number(text);
  const isOne = Number.isFinite(number) && number >= least && number <= most;
  return isOne && (!isWhole || Number.isInteger(number)) ? number : undefined;
}

export function stopsFrom(typed: string): string[] {
  return typed
    .split("\n")
    .filter((line) => line !== "")
    .slice(0, MOST_STOPS);
}
