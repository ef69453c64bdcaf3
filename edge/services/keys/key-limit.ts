import { RATES } from '../../../shared/catalogue/limits.ts';
import type { ServiceContext } from '../../context.ts';
import type { RateLimitPolicy } from '../../limiter/port.ts';

/** Requests a minute, and an hour, of a key that has no limit of its own. */
export const DEFAULT_PER_MINUTE = RATES.keyMinute.limit;
const MINUTES_PER_HOUR = 60;

/** A key's two allowances. One with a limit of its own may use it all hour long. */
export const keyPolicies = (perMinute: number | null | undefined): readonly RateLimitPolicy[] => [
  { ...RATES.keyMinute, limit: perMinute ?? DEFAULT_PER_MINUTE, adjustable: true },
  {
    ...RATES.keyHour,
    limit: perMinute == null ? RATES.keyHour.limit : perMinute * MINUTES_PER_HOUR,
    adjustable: true,
  },
];

/**
 * The limiter acts before the row is read, by its own record. When that turns out to differ from the row (Redis was
 * emptied, or out of reach when the limit was changed), it is put right for the requests that follow.
 */
export function alignLimit(ctx: ServiceContext, perMinute: number | null): void {
  const { actor, rateLimiter } = ctx;
  if (actor.type !== 'apiKey' || actor.enforced === undefined) return;
  const { enforced } = actor;
  const wanted = keyPolicies(perMinute);
  if (wanted.some(({ name, limit }) => enforced[name] !== limit))
    ctx.waitUntil(rateLimiter.adjust(actor.keyId, wanted));
}
