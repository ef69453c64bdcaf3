import { type ReactElement, useEffect, useState } from 'react';
import { ago, exact, lasting } from './time-words.ts';

const TICK_MS = 10_000;

function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

const Relative = ({ at, now }: { at: string; now: number }): ReactElement => (
  <time dateTime={at} title={exact(at)} className="whitespace-nowrap">
    {ago(Date.parse(at), now)}
  </time>
);

/** How long ago, kept true while it is shown; the exact time of this browser and UTC on hover. */
export function Ago({ at }: { at: string }): ReactElement {
  // A clock that is a little ahead of ours has not seen the future.
  return <Relative at={at} now={Math.max(useNow(), Date.parse(at))} />;
}

/** The same for what is still to come. */
export const Until = ({ at }: { at: string }): ReactElement => <Relative at={at} now={useNow()} />;

/** How long something has lasted, kept true while it is shown. */
export function For({ since }: { since: string }): ReactElement {
  const now = Math.max(useNow(), Date.parse(since));
  return (
    <time dateTime={since} title={exact(since)} className="whitespace-nowrap">
      {lasting(Date.parse(since), now)}
    </time>
  );
}

export const Exact = ({ at }: { at: string }): ReactElement => (
  <time dateTime={at} title={at} className="whitespace-nowrap">
    {new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })}
  </time>
);
