import { isWithin } from './address-range.ts';

/** What a key can do, and from where and until when. */
export type Powers = {
  mode: 'live' | 'test';
  scopes: readonly string[];
  /** The session that it is pinned to. */
  sessionId: string | null;
  expiresAt: Date | null;
  /** In their one spelling; null = any address. */
  allowedIps: readonly string[] | null;
};

export const POWERS = ['mode', 'scopes', 'sessionId', 'expiresAt', 'allowedIps'] as const;
export type Power = (typeof POWERS)[number];

const grants = (held: readonly string[], scope: string): boolean =>
  held.includes('*') || held.includes(scope) || held.includes(`${scope.split(':')[0]}:*`);

const WITHIN: Readonly<Record<Power, (holder: Powers, other: Powers) => boolean>> = {
  mode: (holder, other) => holder.mode === 'live' || other.mode === 'test',
  scopes: (holder, other) => other.scopes.every((scope) => grants(holder.scopes, scope)),
  sessionId: (holder, other) => holder.sessionId === null || holder.sessionId === other.sessionId,
  expiresAt: (holder, other) =>
    holder.expiresAt === null || (other.expiresAt !== null && other.expiresAt <= holder.expiresAt),
  allowedIps: ({ allowedIps: outer }, { allowedIps: inner }) =>
    outer === null ||
    (inner !== null && inner.every((range) => outer.some((wider) => isWithin(range, wider)))),
};

/** The first of these respects in which another key can do more than its holder; null when there is none. */
export const excessOver = (
  holder: Powers,
  other: Powers,
  respects: readonly Power[] = POWERS,
): Power | null => respects.find((respect) => !WITHIN[respect](holder, other)) ?? null;

/** Whether a key sees another one at all: a pinned one those of its session, a test key test keys. */
export const reaches = (holder: Powers, other: Powers): boolean =>
  excessOver(holder, other, ['mode', 'sessionId']) === null;
