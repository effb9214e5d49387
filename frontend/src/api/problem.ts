// A refusal of a service (RFC 9457 problem+json), or the absence of any answer, as one error class.

export type FieldError = { field: string; message: string };

export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly detail: string,
    readonly facts: {
      status: number;
      requestId?: string | null;
      retryAfterSeconds?: number | null;
      fields?: FieldError[];
      turnId?: string | null;
    },
  ) {
    super(detail);
    this.name = "Problem";
  }

  get status(): number {
    return this.facts.status;
  }

  /** The same request may well succeed a moment later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

export function unreachable(): Problem {
  return new Problem("unreachable", "Parley cannot be reached. Check your connection and try again.", {
    status: 0,
  });
}

export async function problemFrom(response: Response): Promise<Problem> {
  const body = await bodyOf(response);
  const requestId = textOr(body.request_id, response.headers.get("X-Request-Id"));
  return new Problem(textOr(body.code, null) ?? `http_${response.status}`, detailOf(body, response), {
    status: response.status,
    requestId,
    retryAfterSeconds: retryAfterSeconds(response.headers.get("Retry-After")),
    fields: Array.isArray(body.errors) ? body.errors.filter(isFieldError) : [],
    turnId: textOr(body.turn_id, null),
  });
}

async function bodyOf(response: Response): Promise<Record<string, unknown>> {
  try {
    const body: unknown = await response.json();
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    // A proxy in between may answer with a page of its own.
    return {};
  }
}

function detailOf(body: Record<string, unknown>, response: Response): string {
  const said = textOr(body.detail, null) ?? textOr(body.title, null);
  if (said) return said;
  if (response.status >= 502) return "A part of Parley is not answering at the moment. Try again shortly.";
  return `The request was refused (${response.status}).`;
}

function textOr<Other>(value: unknown, other: Other): string | Other {
  return typeof value === "string" && value !== "" ? value : other;
}

function isFieldError(value: unknown): value is FieldError {
  const entry = value as Partial<FieldError> | null;
  return typeof entry?.field === "string" && typeof entry.message === "string";
}

function retryAfterSeconds(header: string | null): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}
