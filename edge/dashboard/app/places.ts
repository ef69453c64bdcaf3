import type { Me } from '../api/me.ts';

/** Every place of the dashboard, in the order and the groups of the rail. The name of its icon is that of its word. */
export const PLACES = [
  [
    { to: '/', icon: 'overview' },
    { to: '/sessions', icon: 'sessions' },
    { to: '/messages', icon: 'messages' },
  ],
  [{ to: '/webhooks', icon: 'webhooks' }],
  [
    { to: '/keys', icon: 'keys' },
    { to: '/settings', icon: 'settings' },
  ],
  [{ to: '/welcome', icon: 'welcome' }],
] as const;

export type Place = (typeof PLACES)[number][number];

/** Whether a person is shown a place. */
export const isFor =
  (_me: Me) =>
  (_place: Place): boolean =>
    true;
