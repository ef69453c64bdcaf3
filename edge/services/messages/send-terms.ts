import type { Idempotency } from './idempotency.ts';

/** How a message is to be sent, whatever it says. */
export type SendTerms = {
  /** Counted from `sendAt` where that is to come. */
  expiresInSeconds: number;
  /** ISO time before which it is not to be sent; null: now. */
  sendAt: string | null;
  /** How long to wait for the message to be settled; 0 answers as soon as it is queued. */
  waitMs: number;
  /** The caller's Idempotency-Key; null without one. */
  idempotency: Idempotency | null;
};
