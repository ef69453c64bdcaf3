import type { ReactElement, ReactNode } from 'react';

/** Names and what they are, side by side where there is room. */
export const Facts = ({
  facts,
  columns = 3,
}: {
  facts: readonly (readonly [string, ReactNode])[];
  columns?: 1 | 3;
}): ReactElement => (
  <dl
    className={columns === 1 ? 'grid gap-3' : 'grid gap-x-8 gap-y-4 sm:grid-cols-2 lg:grid-cols-3'}
  >
    {facts.map(([name, value]) => (
      <div key={name} className="min-w-0">
        <dt className="text-sm text-muted">{name}</dt>
        <dd className="flex min-h-8 items-center">{value}</dd>
      </div>
    ))}
  </dl>
);
