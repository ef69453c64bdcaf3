import { isWithin } from '../../values/address-range.ts';
import { DEFAULT_PER_MINUTE } from './key-limit.ts';

/** What a key, or the person who makes one, can do, and from where, until when and how often. */
export type Powers = {
  mode: 'live' | 'test';
  scopes: readonly string[];
  /** The session that it is pinned to. */
  sessionId: string | null;
  expiresAt: Date | null;
  /** In their one spelling; null = any address. */
  allowedIps: readonly string[] | null;
  /** Requests a minute; null = the default. */
  perMinute: number | null;
};

export const POWERS = [
  'mode',
  'scopes',
  'sessionId',
  'expiresAt',
  'allowedIps',
  'perMinute',
] as const;
export type Power = (typeof POWERS)[number];

/** Whether a list of grants holds this one. */
export const grants = (held: readonly string[], scope: string): boolean =>
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
  perMinute: (holder, other) =>
    (other.perMinute ?? DEFAULT_PER_MINUTE) <= (holder.perMinute ?? DEFAULT_PER_MINUTE),
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
