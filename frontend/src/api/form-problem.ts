// Puts a refusal of the server where the reader looks: beside the field it is about, else above the form.

import type { FieldPath, FieldValues, UseFormSetError } from "react-hook-form";
import { Problem, unreachable } from "./problem";

export function showProblem<Form extends FieldValues>(
  error: unknown,
  setError: UseFormSetError<Form>,
  fields: readonly FieldPath<Form>[],
  fieldOfCode: Record<string, FieldPath<Form>> = {},
): void {
  const problem = error instanceof Problem ? error : unreachable();
  const blamed = fieldOfCode[problem.code];
  if (blamed) {
    setError(blamed, { message: problem.detail }, { shouldFocus: true });
    return;
  }

  let isPlaced = false;
  for (const { field, message } of problem.facts.fields ?? []) {
    // The path may begin with where the value was found, as in `body.username`.
    const name = fields.find((candidate) => candidate === field.split(".").at(-1));
    if (!name) continue;
    setError(name, { message }, { shouldFocus: !isPlaced });
    isPlaced = true;
  }
  if (!isPlaced) setError("root", { message: problem.detail + retryHint(problem) });
}

function retryHint(problem: Problem): string {
  const seconds = problem.facts.retryAfterSeconds;
  return seconds ? ` Try again in ${Math.ceil(seconds)} s.` : "";
}
