import { clsx } from 'clsx';
import type { ReactElement } from 'react';

const FULL = 0.9;

/** How much of a limit is used. Without a limit there is no bar. */
export const Meter = ({
  label,
  words,
  share,
  isLimit = true,
  isNamed = true,
}: {
  label: string;
  words: string;
  share: number | null;
  /** Whether to come near the end is a warning. */
  isLimit?: boolean;
  /** Whether its name is shown; a column's heading may say it already. */
  isNamed?: boolean;
}): ReactElement => (
  <div className="grid gap-1.5">
    <div className="flex justify-between gap-4">
      {isNamed && <span>{label}</span>}
      <span className="text-muted">{words}</span>
    </div>
    {share !== null && (
      <div
        role="meter"
        aria-label={label}
        aria-valuenow={Math.round(share * 100)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuetext={words}
        className="h-1.5 overflow-hidden rounded-full bg-raised"
      >
        <div
          className={clsx(
            'h-full rounded-full',
            isLimit && share >= FULL ? 'bg-wait' : 'bg-accent',
          )}
          style={{ width: `${Math.min(share, 1) * 100}%` }}
        />
      </div>
    )}
  </div>
);
