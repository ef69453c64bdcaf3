import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Icon } from '../components/icon.tsx';
import { t } from '../messages/en.ts';

const PLACES = [
  { to: '/welcome', icon: 'welcome', label: t.shell.welcome, short: t.shell.short.welcome },
  { to: '/sessions', icon: 'sessions', label: t.shell.sessions, short: t.shell.sessions },
  { to: '/messages', icon: 'messages', label: t.shell.messages, short: t.shell.messages },
  { to: '/webhooks', icon: 'webhooks', label: t.shell.webhooks, short: t.shell.webhooks },
  { to: '/keys', icon: 'keys', label: t.shell.keys, short: t.shell.short.keys },
  { to: '/settings', icon: 'settings', label: t.shell.settings, short: t.shell.settings },
] as const;

const RAIL_LINK =
  'flex min-h-8 items-center gap-2.5 rounded-md px-2 text-muted hover:bg-raised hover:text-ink data-[status=active]:bg-raised data-[status=active]:font-medium data-[status=active]:text-ink';

/** The left side of a wide screen. */
export const Rail = (): ReactElement => (
  <nav aria-label={t.shell.navigation} className="mt-3 hidden gap-0.5 sm:grid">
    {PLACES.map(({ to, icon, label }) => (
      <Link key={to} to={to} className={RAIL_LINK}>
        <Icon name={icon} />
        {label}
      </Link>
    ))}
    <a href="/docs" className={RAIL_LINK}>
      <Icon name="docs" />
      {t.shell.docs}
    </a>
  </nav>
);

/** The same within reach of a thumb. */
export const BottomBar = (): ReactElement => (
  <nav
    aria-label={t.shell.navigation}
    className="fixed inset-x-0 bottom-0 z-20 flex justify-around border-t bg-canvas pb-[env(safe-area-inset-bottom)] sm:hidden"
  >
    {PLACES.map(({ to, icon, short }) => (
      <Link
        key={to}
        to={to}
        className="grid min-h-14 min-w-0 flex-1 place-content-center justify-items-center gap-1 text-[11px] text-muted data-[status=active]:font-medium data-[status=active]:text-accent"
      >
        <Icon name={icon} size={18} />
        {short}
      </Link>
    ))}
  </nav>
);
