import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import type { ReactElement } from 'react';

/** Parts of a page, each with an address of its own. The first one has none in the query. */
export function Tabs({
  label,
  tabs,
  current,
  keep = {},
}: {
  label: string;
  tabs: readonly { id: string; label: string }[];
  current: string;
  /** What else of the query stays. */
  keep?: Readonly<Record<string, string>>;
}): ReactElement {
  return (
    <nav aria-label={label} className="flex gap-5 overflow-x-auto border-b">
      {tabs.map(({ id, label: word }, index) => (
        <Link
          key={id}
          to="."
          search={index === 0 ? keep : { ...keep, tab: id }}
          aria-current={id === current ? 'page' : undefined}
          className={clsx(
            '-mb-px flex min-h-10 items-center border-b-2 whitespace-nowrap',
            id === current
              ? 'border-accent font-medium'
              : 'border-transparent text-muted hover:text-ink',
          )}
        >
          {word}
        </Link>
      ))}
    </nav>
  );
}
