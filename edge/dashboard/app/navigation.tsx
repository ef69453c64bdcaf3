import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { BASE_PATH } from '../api/base-path.ts';
import type { Me } from '../api/me.ts';
import { Icon } from '../components/icon.tsx';
import { Menu, MenuItem } from '../components/menu.tsx';
import { t } from '../messages/en.ts';
import { isFor, PLACES } from './places.ts';

const RAIL_LINK =
  'flex min-h-8 items-center gap-2.5 rounded-md px-2 text-muted hover:bg-raised hover:text-ink data-[status=active]:bg-raised data-[status=active]:font-medium data-[status=active]:text-ink';
const THUMB =
  'grid min-h-14 min-w-0 flex-1 place-content-center justify-items-center gap-1 text-[11px] text-muted data-[status=active]:font-medium data-[status=active]:text-accent';

/** How many places a phone's bar has room for, besides the one that shows the rest. */
const AT_HAND = 4;

/** Pages beside the dashboard. */
const READING = [
  ['/guide', t.shell.guide],
  ['/docs', t.shell.docs],
] as const;

/** The left side of a wide screen. */
export const Rail = ({ me }: { me: Me }): ReactElement => (
  <nav
    aria-label={t.shell.navigation}
    className="mt-3 hidden min-h-0 gap-4 overflow-y-auto pb-3 sm:grid"
  >
    {PLACES.map((group, index) => (
      <div key={index} className="grid gap-0.5">
        {group.filter(isFor(me)).map(({ to, icon }) => (
          <Link key={to} to={to} activeOptions={{ exact: to === '/' }} className={RAIL_LINK}>
            <Icon name={icon} />
            {t.shell[icon]}
          </Link>
        ))}
        {index === PLACES.length - 1 &&
          READING.map(([path, words]) => (
            <a key={path} href={BASE_PATH + path} className={RAIL_LINK}>
              <Icon name="docs" />
              {words}
            </a>
          ))}
      </div>
    ))}
  </nav>
);

/** The same within reach of a thumb. */
export function BottomBar({ me }: { me: Me }): ReactElement {
  const navigate = useNavigate();
  const places = PLACES.flat().filter(isFor(me));
  return (
    <nav
      aria-label={t.shell.navigation}
      className="fixed inset-x-0 bottom-0 z-20 flex justify-around border-t bg-canvas pb-[env(safe-area-inset-bottom)] sm:hidden"
    >
      {places.slice(0, AT_HAND).map(({ to, icon }) => (
        <Link key={to} to={to} activeOptions={{ exact: to === '/' }} className={THUMB}>
          <Icon name={icon} size={18} />
          {t.shell[icon]}
        </Link>
      ))}
      <Menu
        trigger={
          <button type="button" className={THUMB}>
            <Icon name="more" size={18} />
            {t.shell.more}
          </button>
        }
      >
        {places.slice(AT_HAND).map(({ to, icon }) => (
          <MenuItem key={to} onSelect={() => void navigate({ to })}>
            <Icon name={icon} />
            {t.shell[icon]}
          </MenuItem>
        ))}
        {READING.map(([path, words]) => (
          <MenuItem key={path} onSelect={() => window.location.assign(BASE_PATH + path)}>
            <Icon name="docs" />
            {words}
          </MenuItem>
        ))}
      </Menu>
    </nav>
  );
}
