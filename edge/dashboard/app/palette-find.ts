import type { IconName } from '../components/icon.tsx';
import { t } from '../messages/en.ts';

export type Found = { href: string; icon: IconName; label: string; hint?: string };
type Known = {
  places: readonly Found[];
  sessions: readonly { id: string; name: string; phoneNumber: string | null }[];
};

const text = t.palette;
const MOST = 12;

/** Where an id leads, by its first letters. */
const ID_WAYS: Readonly<Record<string, (id: string) => Found>> = {
  msg: (id) => ({ href: `/messages?message=${id}`, icon: 'messages', label: text.message(id) }),
  ses: (id) => ({ href: `/sessions/${id}`, icon: 'sessions', label: text.session(id) }),
  whk: (id) => ({ href: `/webhooks/${id}`, icon: 'webhooks', label: text.webhook(id) }),
  med: (id) => ({ href: `/media?file=${id}`, icon: 'media', label: text.file(id) }),
};

const ACTIONS: readonly Found[] = [
  { href: '/messages?compose=true', icon: 'send', label: text.compose },
  { href: '/sessions?create=true', icon: 'plus', label: text.newSession },
  { href: '/webhooks?create=true', icon: 'plus', label: text.newWebhook },
  { href: '/keys?create=true', icon: 'plus', label: text.newKey },
  { href: '/guide', icon: 'docs', label: t.shell.guide },
  { href: '/docs', icon: 'docs', label: t.shell.docs },
];

/** What fits the letters: an id first, then places, sessions and actions. Pure. */
export function findIn(typed: string, { places, sessions }: Known): Found[] {
  const words = typed.trim().toLowerCase();
  const [, kind = ''] = /^([a-z]{3})_\w{10,}$/.exec(words) ?? [];
  const way = ID_WAYS[kind];
  if (way !== undefined) return [way(words)];
  const numbers: Found[] = sessions.map(({ id, name, phoneNumber }) => ({
    href: `/sessions/${id}`,
    icon: 'sessions',
    label: name,
    hint: phoneNumber === null ? text.aSession : `+${phoneNumber}`,
  }));
  const digits = words.replace(/[\s+()-]/g, '');
  const chat: Found[] = /^\d{7,}$/.test(digits)
    ? [{ href: `/messages?chatId=${digits}`, icon: 'messages', label: text.chat(`+${digits}`) }]
    : [];
  const fits = ({ label, hint = '' }: Found): boolean =>
    `${label} ${hint}`.toLowerCase().includes(words) || (digits !== '' && hint.includes(digits));
  return [...[...places, ...numbers, ...ACTIONS].filter(fits), ...chat].slice(0, MOST);
}
