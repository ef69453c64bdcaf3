/** Without one success for `days`, and with `failures` failed attempts meanwhile, an endpoint is switched off. */
export const GIVE_UP_AFTER = { days: 5, failures: 10 } as const;

/**
 * How long a receiver has for a complete answer: `fullMs`. After `timeouts` attempts without one since its last success it
 * is `shortMs`, so that it holds its workspace's places for less. Every `fullAgainSeconds` attempts get `fullMs` again, so
 * that a receiver which is merely slow comes back.
 */
export const PATIENCE = {
  fullMs: 15_000,
  shortMs: 3_000,
  timeouts: 5,
  fullAgainSeconds: 60,
} as const;
