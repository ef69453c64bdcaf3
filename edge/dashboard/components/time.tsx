import { type ReactElement, useEffect, useState } from 'react';
import { ago, exact } from './time-words.ts';

const TICK_MS = 10_000;

/** How long ago, kept true while it is shown; the exact time of this browser and UTC on hover. */
export function Ago({ at }: { at: string }): ReactElement {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={exact(at)} className="whitespace-nowrap">
      {ago(Date.parse(at), Math.max(now, Date.parse(at)))}
    </time>
  );
}

export const Exact = ({ at }: { at: string }): ReactElement => (
  <time dateTime={at} title={at} className="whitespace-nowrap">
    {new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })}
  </time>
);
