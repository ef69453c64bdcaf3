import type { Me } from '../api/me.ts';

/** Every place of the dashboard, in the order and the groups of the rail. The name of its icon is that of its word. */
export const PLACES = [
  [
    { to: '/', icon: 'overview' },
    { to: '/sessions', icon: 'sessions' },
    { to: '/messages', icon: 'messages' },
  ],
  [
    { to: '/chats', icon: 'chats' },
    { to: '/contacts', icon: 'people' },
    { to: '/leads', icon: 'leads' },
    { to: '/media', icon: 'media' },
  ],
  [
    { to: '/webhooks', icon: 'webhooks' },
    { to: '/events', icon: 'events' },
  ],
  [
    { to: '/statistics', icon: 'statistics' },
    { to: '/keys', icon: 'keys' },
    { to: '/settings', icon: 'settings' },
    { to: '/administration', icon: 'admin' },
  ],
  [{ to: '/welcome', icon: 'welcome' }],
] as const;

export type Place = (typeof PLACES)[number][number];

/** Whether a person is shown a place. */
export const isFor =
  (me: Me) =>
  ({ to }: Place): boolean =>
    to !== '/administration' || me.isAdmin;
