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

/** Shows the exact time on hover. It is written then: one for each row of a table would hold the page up. */
const Hoverable = ({ at, children }: { at: string; children: string }): ReactElement => (
  <time
    dateTime={at}
    onPointerEnter={({ currentTarget }) => {
      currentTarget.title = exact(at);
    }}
    className="whitespace-nowrap"
  >
    {children}
  </time>
);

/** How long ago, kept true while it is shown; the exact time of this browser and UTC on hover. */
export function Ago({ at }: { at: string }): ReactElement {
  // A clock that is a little ahead of ours has not seen the future.
  return <Hoverable at={at}>{ago(Date.parse(at), Math.max(useNow(), Date.parse(at)))}</Hoverable>;
}

/** The same for what is still to come. */
export const Until = ({ at }: { at: string }): ReactElement => (
  <Hoverable at={at}>{ago(Date.parse(at), useNow())}</Hoverable>
);

/** How long something has lasted, kept true while it is shown. */
export function For({ since }: { since: string }): ReactElement {
  const now = Math.max(useNow(), Date.parse(since));
  return <Hoverable at={since}>{lasting(Date.parse(since), now)}</Hoverable>;
}

export const Exact = ({ at }: { at: string }): ReactElement => (
  <time dateTime={at} title={at} className="whitespace-nowrap">
    {new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })}
  </time>
);
