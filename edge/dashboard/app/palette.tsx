import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { type KeyboardEvent, type ReactElement, useEffect, useId, useRef, useState } from 'react';
import { BASE_PATH } from '../api/base-path.ts';
import type { Me } from '../api/me.ts';
import { allSessionsQuery } from '../api/sessions.ts';
import { Icon } from '../components/icon.tsx';
import { t } from '../messages/en.ts';
import { type Found, findIn } from './palette-find.ts';
import { isFor, PLACES } from './places.ts';

const text = t.palette;

/** Opens by ⌘K, Ctrl K, or its button: every place, session and message, by a few letters or an id. */
export function Palette({ me, onClose }: { me: Me; onClose: () => void }): ReactElement {
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const ref = useRef<HTMLDialogElement>(null);
  const listId = useId();
  const { data: sessions = [] } = useQuery(allSessionsQuery);
  const navigate = useNavigate();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  const places = PLACES.flat()
    .filter(isFor(me))
    .map(({ to, icon }) => ({ href: to, icon, label: t.shell[icon] }));
  const found = findIn(typed, { places, sessions });
  const current = found[Math.min(at, found.length - 1)];
  const go = ({ href }: Found): void => {
    onClose();
    if (/^\/(?:docs|guide)$/.test(href)) window.location.assign(BASE_PATH + href);
    else void navigate({ href });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((found.length + Math.min(at, found.length - 1) + step) % Math.max(found.length, 1));
    } else if (event.key === 'Enter' && current !== undefined) {
      event.preventDefault();
      go(current);
    }
  };
  return (
    <dialog
      ref={ref}
      aria-label={text.title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
      className="mx-auto mt-[12dvh] w-[min(36rem,calc(100vw-2rem))] overflow-hidden rounded-lg border bg-surface text-ink backdrop:bg-black/40"
    >
      <input
        role="combobox"
        aria-label={text.title}
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={current === undefined ? undefined : `${listId}-${current.href}`}
        placeholder={text.placeholder}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        className="h-12 w-full border-b bg-surface px-4 text-lg -outline-offset-2"
      />
      <ul
        id={listId}
        role="listbox"
        aria-label={text.title}
        className="max-h-[50dvh] overflow-y-auto p-2"
      >
        {found.map((one) => (
          <li
            key={one.href}
            id={`${listId}-${one.href}`}
            role="option"
            aria-selected={one === current}
            onClick={() => go(one)}
            className={clsx(
              'flex min-h-9 cursor-pointer items-center gap-3 rounded-md px-3 pointer-coarse:min-h-11',
              one === current && 'bg-raised',
            )}
          >
            <span className="text-muted">
              <Icon name={one.icon} />
            </span>
            <span className="min-w-0 flex-1 truncate">{one.label}</span>
            {one.hint !== undefined && <span className="text-sm text-muted">{one.hint}</span>}
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="px-5 pb-5 text-muted">{text.nothing}</p>}
    </dialog>
  );
}
