import { LIMITS, shown } from './catalogue/limits.ts';

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
    advice:
      'Correct the places that `details.fields` names. Unknown fields and query parameters are refused too; the message suggests the name that you may have meant.',
  },
  MALFORMED_JSON: {
    status: 400,
    retryable: false,
    message: 'The body is not valid JSON.',
    advice:
      'Correct the place that `details` names: line, column and cause. Let a JSON library write the body; text assembled by hand often contains raw line breaks.',
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
    advice: 'Send a smaller body; `details.limitBytes` is the limit.',
  },
  URI_TOO_LONG: {
    status: 414,
    retryable: false,
    message: 'The path or the query of this address is too long.',
    advice: 'Shorten the address; `details` names the part and its limit in characters.',
  },
  UNAUTHORIZED: {
    status: 401,
    retryable: false,
    message:
      'A valid credential is required: Authorization: Bearer <API key or user token>, x-api-key, or the cookie of a login.',
    advice:
      'Check that the key is complete and has not been revoked, paused or expired; that the token has not expired and its user is still signed in.',
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
    advice: 'Check the address and the id. Resources of another workspace count as missing.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    retryable: false,
    message: 'This route does not accept that method.',
    advice: 'Use one of the methods in the `Allow` header.',
  },
  SESSION_NOT_FOUND: {
    status: 404,
    retryable: false,
    message: 'No such session in this workspace.',
    advice: 'Use an id or a name from `GET /v1/sessions`.',
  },
  SESSION_NOT_READY: {
    status: 409,
    retryable: true,
    message: 'The session is not online; see GET /v1/sessions/:id/status.',
    advice: 'Start or link the session, then send again once it is online.',
  },
  LIMIT_EXCEEDED: {
    status: 403,
    retryable: false,
    message: 'The workspace has reached its limit.',
    advice: 'Delete what you no longer need, or ask for a higher limit.',
  },
  QUEUE_FULL: {
    status: 429,
    retryable: true,
    message: `The session already has ${shown(LIMITS.queuedMessages.limit)} queued messages; try again when some have been sent.`,
    advice: 'Wait until some of the queued messages have been sent, and send more slowly.',
  },
  FIRST_CONTACT_LIMIT: {
    status: 429,
    retryable: true,
    message: 'The session has written to as many new people as its limits allow; see Retry-After.',
    advice:
      'Wait, or, for a scheduled message, send it with `details.freeAt` as its `sendAt`; or change `firstContactsPerHour` and `firstContactsPerDay` of the session. WhatsApp restricts numbers that write to many people who do not answer.',
  },
  RATE_LIMITED: {
    status: 429,
    retryable: true,
    message: 'Too many requests; wait for the time in Retry-After.',
    advice:
      'Wait. `details.window` names the limit that was reached; the RateLimit headers show all of them.',
  },
  UPGRADE_REQUIRED: {
    status: 426,
    retryable: false,
    message: 'This address gives no plain answer; it opens a connection.',
    advice:
      'Connect with a WebSocket client, or ask for an event stream with `Accept: text/event-stream`.',
  },
  CURSOR_TOO_OLD: {
    status: 410,
    retryable: false,
    message: 'Events after this cursor are no longer kept.',
    advice:
      'Continue with `after=0`, which begins with the oldest event that is kept (`details.oldest`), and read again through the API what you may have missed.',
  },
  CONFLICT: {
    status: 409,
    retryable: false,
    message: 'The request conflicts with the current state.',
    advice: 'Read the current state, then decide what to do.',
  },
  IDEMPOTENCY_CONFLICT: {
    status: 409,
    retryable: true,
    message: 'A request with this Idempotency-Key is still running; try again shortly.',
    advice: 'Wait for the first request to finish; the same key then returns its answer.',
  },
  IDEMPOTENCY_MISMATCH: {
    status: 422,
    retryable: false,
    message: 'This Idempotency-Key was used with another body in the last 24 hours; use a new key.',
    advice: 'Use a new key for each request body.',
  },
  RECIPIENT_NOT_ON_WHATSAPP: {
    status: 422,
    retryable: false,
    message: 'The recipient is not on WhatsApp.',
    advice: 'Check the number and its country code.',
  },
  NEW_CHATS_LIMITED: {
    status: 422,
    retryable: false,
    message: 'For now, WhatsApp lets this number write only to people who have written to it.',
    advice:
      'Send it again after the time in the message; until then, write only to people who have written to this number. `limits.whatsapp` of the session shows the restriction.',
  },
  RECIPIENT_OPTED_OUT: {
    status: 422,
    retryable: false,
    message: 'The recipient has opted out.',
    advice:
      'Do not write to them. `GET /v1/opt-outs` lists who has opted out; take them off only if they ask for it.',
  },
  MEDIA_REJECTED: {
    status: 422,
    retryable: false,
    message: 'The media could not be used; see details.',
    advice:
      'Send a file of the type and size that `details` names, from a publicly reachable address.',
  },
  MESSAGE_FAILED: {
    status: 422,
    retryable: false,
    message: 'The message could not be sent; see details.',
    advice: 'Read `details` for the cause. Sending again creates a new message.',
  },
  EXPIRED: {
    status: 410,
    retryable: false,
    message: 'The message expired before it could be sent.',
    advice: 'Send it again if you still want it, with a longer `expiresIn` if needed.',
  },
  CANCELLED: {
    status: 410,
    retryable: false,
    message: 'The message was cancelled before it was sent.',
    advice: 'Send it again if you want it after all.',
  },
  NUMBER_CHANGED: {
    status: 409,
    retryable: false,
    message: 'The session’s number has changed since the message was accepted.',
    advice: 'Send it again if you want it to come from the new number.',
  },
  NOT_SUPPORTED: {
    status: 501,
    retryable: false,
    message: 'This session cannot do that.',
    advice:
      'Use another session, or do without this operation. `details.capability` is its name in `GET /v1/sessions/:id/capabilities`.',
  },
  UNAVAILABLE: {
    status: 503,
    retryable: true,
    message: 'Part of the service is unavailable; try again shortly.',
    advice: 'Send the same request again after the time in `Retry-After`.',
  },
  INTERNAL: {
    status: 500,
    retryable: true,
    message: 'Something failed on our side. Quote the request id if you report it.',
    advice: 'Try again. If it keeps failing, report the request id.',
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
