type Details = Readonly<Record<string, unknown>>;

/** A refusal of the API, or no answer at all: then `status` is 0 and `code` is OFFLINE. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Details;
  readonly requestId: string | null;

  constructor(input: {
    status: number;
    code: string;
    message: string;
    details?: Details;
    requestId?: string | null;
    cause?: unknown;
  }) {
    super(input.message, { cause: input.cause });
    this.name = 'ApiError';
    this.status = input.status;
    this.code = input.code;
    this.details = input.details ?? {};
    this.requestId = input.requestId ?? null;
  }

  /** The identity library's own code where it has one, else ours. */
  get reason(): string {
    const { reason } = this.details;
    return typeof reason === 'string' ? reason : this.code;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Reads the error envelope. What is none, such as a proxy's page, becomes `UNREADABLE`. */
export function errorOf(status: number, body: unknown): ApiError {
  const error = isRecord(body) && isRecord(body['error']) ? body['error'] : {};
  const meta = isRecord(body) && isRecord(body['meta']) ? body['meta'] : {};
  return new ApiError({
    status,
    code: textOf(error['code']) ?? 'UNREADABLE',
    message: textOf(error['message']) ?? '',
    details: isRecord(error['details']) ? error['details'] : {},
    requestId: textOf(meta['requestId']),
  });
}

/** Messages by field of the body, so that each stands at its input. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  const { fields } = error.details;
  if (!Array.isArray(fields)) return {};
  return Object.fromEntries(
    fields.filter(isRecord).flatMap((entry) => {
      const [field, message] = [textOf(entry['field']), textOf(entry['message'])];
      return field === null || field === '' || message === null ? [] : [[field, message]];
    }),
  );
}

const isWithin = (name: string, field: string): boolean =>
  name === field || name.startsWith(`${field}.`);

/** What is wrong with a field that holds several values, or with one of these. */
export const errorWithin = (
  errors: Readonly<Record<string, string>>,
  field: string,
): string | undefined => Object.entries(errors).find(([name]) => isWithin(name, field))?.[1];

/** Whether these fields say all that is wrong. */
export function isSaidAt(error: unknown, shown: readonly string[]): boolean {
  const names = Object.keys(fieldErrors(error));
  return names.length > 0 && names.every((name) => shown.some((field) => isWithin(name, field)));
}
