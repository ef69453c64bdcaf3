/**
 * The closed table of error codes: HTTP status, whether the same request may succeed later, default message, and what the
 * caller can do about it.
 * The API, the OpenAPI document and docs/errors.md are all made from it.
 */
export const ERRORS = {
  VALIDATION_ERROR: {
    status: 422,
    retryable: false,
    message: 'The request does not fit the schema; see details.',
    advice: 'Correct the places that `details.fields` names.',
  },
  MALFORMED_JSON: {
    status: 400,
    retryable: false,
    message: 'The body is not valid JSON.',
    advice: 'Send UTF-8 JSON as a library writes it: no key twice, no deep nesting.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    retryable: false,
    message: 'Send the body as application/json.',
    advice: 'Set the header `Content-Type: application/json`.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    retryable: false,
    message: 'The body is larger than this route accepts.',
    advice: 'Send less; `details.limitBytes` is the most.',
  },
  UNAUTHORIZED: {
    status: 401,
    retryable: false,
    message:
      'A valid credential is required: Authorization: Bearer <API key or user token>, x-api-key, or a signed-in session.',
    advice:
      'Check that a key is complete, and neither revoked, paused nor expired; that a token has not run out and its user is still signed in.',
  },
  FORBIDDEN: {
    status: 403,
    retryable: false,
    message: 'This credential may not do that.',
    advice:
      'Use a key with the scope, session and mode that the request needs; the message says which.',
  },
  NOT_FOUND: {
    status: 404,
    retryable: false,
    message: 'There is nothing at this address.',
    advice: 'Check the address and the id; what belongs to another workspace is not there for you.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    retryable: false,
    message: 'This route does not take that method.',
    advice: 'Use a method that the header `Allow` names.',
  },
  SESSION_NOT_FOUND: {
    status: 404,
    retryable: false,
    message: 'No such session in this workspace.',
    advice: 'Take an id or a name from `GET /v1/sessions`.',
  },
  SESSION_NOT_READY: {
    status: 409,
    retryable: true,
    message: 'The session is not online; see GET /v1/sessions/:id/status.',
    advice: 'Start or link the session, and send when it is online.',
  },
  LIMIT_EXCEEDED: {
    status: 403,
    retryable: false,
    message: 'The workspace has reached its limit.',
    advice: 'Delete what is not needed, or have the limit raised.',
  },
  QUEUE_FULL: {
    status: 429,
    retryable: true,
    message: 'The session has 1,000 messages waiting; send more when some have left.',
    advice: 'Send more slowly than the session can pass on.',
  },
  RATE_LIMITED: {
    status: 429,
    retryable: true,
    message: 'Too many requests; wait for the time in Retry-After.',
    advice:
      'Wait; `details.window` says which limit was reached, and the RateLimit headers where each stands.',
  },
  CONFLICT: {
    status: 409,
    retryable: false,
    message: 'That conflicts with what is already there.',
    advice: 'Read the current state, then decide.',
  },
  IDEMPOTENCY_CONFLICT: {
    status: 409,
    retryable: true,
    message: 'A request with this Idempotency-Key is still running; send it again shortly.',
    advice: 'Wait for the first request: the same key then gives its answer.',
  },
  IDEMPOTENCY_MISMATCH: {
    status: 422,
    retryable: false,
    message:
      'This Idempotency-Key was used with another body in the last 24 hours; take a new key.',
    advice: 'Use one key for one body only.',
  },
  RECIPIENT_NOT_ON_WHATSAPP: {
    status: 422,
    retryable: false,
    message: 'The recipient is not on WhatsApp.',
    advice: 'Check the number, with its country code.',
  },
  MEDIA_REJECTED: {
    status: 422,
    retryable: false,
    message: 'The media could not be used; see details.',
    advice:
      'Send a file of a kind and size that `details` asks for, from an address open to the public.',
  },
  MESSAGE_FAILED: {
    status: 422,
    retryable: false,
    message: 'The message could not be sent; see details.',
    advice: 'Read `details`; a new request is a new message.',
  },
  EXPIRED: {
    status: 410,
    retryable: false,
    message: 'It was not done before its time ran out.',
    advice: 'Send it again if it is still wanted, with a longer `expiresIn` if need be.',
  },
  CANCELLED: {
    status: 410,
    retryable: false,
    message: 'It was cancelled before it was sent.',
    advice: 'Send it again if it is wanted after all.',
  },
  NUMBER_CHANGED: {
    status: 409,
    retryable: false,
    message: 'The session has another number now than when the message was accepted.',
    advice: 'Send it again if it is to come from the new number.',
  },
  NOT_SUPPORTED: {
    status: 501,
    retryable: false,
    message: 'The engine cannot do that.',
    advice: 'Do without it on this session.',
  },
  UNAVAILABLE: {
    status: 503,
    retryable: true,
    message: 'A part of the service is out of reach; try again shortly.',
    advice: 'Send the same request again after `Retry-After`.',
  },
  INTERNAL: {
    status: 500,
    retryable: true,
    message: 'Something failed on our side; quote the request id.',
    advice: 'Try once more; if it stays, tell us the request id.',
  },
} as const satisfies Record<
  string,
  { status: number; retryable: boolean; message: string; advice: string }
>;

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
