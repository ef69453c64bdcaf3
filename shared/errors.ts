/**
 * The closed table of error codes: HTTP status, default message, and whether the same request may succeed later.
 * The API, the OpenAPI document and docs/errors.md are all made from it.
 */
export const ERRORS = {
  VALIDATION_ERROR: {
    status: 422,
    retryable: false,
    message: 'The request does not fit the schema; see details.',
  },
  MALFORMED_JSON: { status: 400, retryable: false, message: 'The body is not valid JSON.' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    retryable: false,
    message: 'Send the body as application/json.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    retryable: false,
    message: 'The body is larger than this route accepts.',
  },
  UNAUTHORIZED: {
    status: 401,
    retryable: false,
    message: 'A valid API key is required: Authorization: Bearer <key> or x-api-key.',
  },
  FORBIDDEN: { status: 403, retryable: false, message: 'This credential may not do that.' },
  NOT_FOUND: { status: 404, retryable: false, message: 'There is nothing at this address.' },
  METHOD_NOT_ALLOWED: {
    status: 405,
    retryable: false,
    message: 'This route does not take that method.',
  },
  SESSION_NOT_FOUND: {
    status: 404,
    retryable: false,
    message: 'No such session in this workspace.',
  },
  SESSION_NOT_READY: {
    status: 409,
    retryable: true,
    message: 'The session is not online; see GET /v1/sessions/:id/status.',
  },
  LIMIT_EXCEEDED: {
    status: 403,
    retryable: false,
    message: 'The workspace has reached its limit.',
  },
  QUEUE_FULL: {
    status: 429,
    retryable: true,
    message: 'The session has 1,000 messages waiting; send more when some have left.',
  },
  RATE_LIMITED: {
    status: 429,
    retryable: true,
    message: 'Too many requests; wait for the time in Retry-After.',
  },
  CONFLICT: {
    status: 409,
    retryable: false,
    message: 'That conflicts with what is already there.',
  },
  IDEMPOTENCY_CONFLICT: {
    status: 409,
    retryable: false,
    message: 'This Idempotency-Key was used with another body.',
  },
  RECIPIENT_NOT_ON_WHATSAPP: {
    status: 422,
    retryable: false,
    message: 'The recipient is not on WhatsApp.',
  },
  MEDIA_REJECTED: {
    status: 422,
    retryable: false,
    message: 'The media could not be used; see details.',
  },
  MESSAGE_FAILED: {
    status: 422,
    retryable: false,
    message: 'The message could not be sent; see details.',
  },
  EXPIRED: { status: 410, retryable: false, message: 'It was not done before its time ran out.' },
  NOT_SUPPORTED: { status: 501, retryable: false, message: 'The engine cannot do that.' },
  UNAVAILABLE: {
    status: 503,
    retryable: true,
    message: 'A part of the service is out of reach; try again shortly.',
  },
  INTERNAL: {
    status: 500,
    retryable: true,
    message: 'Something failed on our side; quote the request id.',
  },
} as const satisfies Record<string, { status: number; retryable: boolean; message: string }>;

export type ErrorCode = keyof typeof ERRORS;

export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

export type ErrorDetails = Readonly<Record<string, unknown>>;

/** An error that is meant for the caller: a code of the table, a sentence that says what to do, and facts. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails | undefined;

  constructor(code: ErrorCode, message?: string, details?: ErrorDetails, options?: ErrorOptions) {
    super(message ?? ERRORS[code].message, options);
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}
