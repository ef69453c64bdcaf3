import type { OneTimeUse } from '../realtime/port.ts';

const PREFIX = 'token:';

/** @returns false for a token that was spent before */
export async function spendToken(
  storage: DurableObjectStorage,
  { id, expiresAt }: OneTimeUse,
): Promise<boolean> {
  const key = `${PREFIX}${id}`;
  // Nothing else runs in the object between the two: it waits while its storage is read.
  if ((await storage.get(key)) !== undefined) return false;
  await storage.put(key, expiresAt);
  return true;
}

export async function hasTokens(storage: DurableObjectStorage): Promise<boolean> {
  return (await storage.list({ prefix: PREFIX, limit: 1 })).size > 0;
}

/** Forgets those that have expired, since nobody could use them again anyway. */
export async function forgetTokens(storage: DurableObjectStorage): Promise<void> {
  const spent = await storage.list<number>({ prefix: PREFIX });
  const expired = [...spent].filter(([, expiresAt]) => expiresAt <= Date.now());
  if (expired.length > 0) await storage.delete(expired.slice(0, 128).map(([key]) => key));
}
