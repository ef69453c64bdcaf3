import { useQuery } from '@tanstack/react-query';
import { type ReactElement, type RefObject, useEffect, useRef, useState } from 'react';
import { count } from '../../components/numbers.ts';
import { Card } from '../../components/page.tsx';
import { ErrorNote, Loading } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { momentsQuery, NEWEST, workspaceQuery } from './queries.ts';
import { HOURS, type Week, weekOf, WEEKDAYS } from './week.ts';

const text = t.statistics.week;
const LABELLED_EVERY = 6;
/** Of the accent, in percent: an hour with one message is still seen. */
const FAINTEST = 15;
const LEGEND = [0, 0.25, 0.5, 0.75, 1];

/** True once it has been on the screen: what is below it is then worth reading. */
function useWasSeen(): [RefObject<HTMLDivElement | null>, boolean] {
  const ref = useRef<HTMLDivElement>(null);
  const [wasSeen, setSeen] = useState(false);
  useEffect(() => {
    const watcher = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
    });
    if (ref.current !== null) watcher.observe(ref.current);
    return () => watcher.disconnect();
  }, []);
  return [ref, wasSeen];
}

/** At which hours of the week people write. */
export function HeatMap({
  days,
  sessionId,
}: {
  days: number;
  sessionId: string | undefined;
}): ReactElement {
  const [ref, wasSeen] = useWasSeen();
  const moments = useQuery({ ...momentsQuery(days, sessionId), enabled: wasSeen });
  const workspace = useQuery({ ...workspaceQuery, enabled: wasSeen });
  const error = moments.error ?? workspace.error;
  const isRead = moments.data !== undefined && workspace.data !== undefined;
  const retry = (): void => {
    void moments.refetch();
    void workspace.refetch();
  };
  return (
    <Card title={text.title}>
      <div ref={ref} className="grid min-h-40 grid-cols-[minmax(0,1fr)] content-start gap-4">
        {error !== null && <ErrorNote error={error} onRetry={retry} />}
        {wasSeen && !isRead && error === null && <Loading rows={WEEKDAYS.length} />}
        {isRead && moments.data.length === 0 && <p className="text-muted">{text.empty}</p>}
        {isRead && moments.data.length > 0 && (
          <>
            <p className="text-sm text-muted">
              {text.zone(workspace.data.timeZone)}{' '}
              {moments.data.length === NEWEST && text.newest(count(NEWEST))}
            </p>
            <Hours week={weekOf(moments.data, workspace.data.timeZone)} />
          </>
        )}
      </div>
    </Card>
  );
}

const shade = (share: number): string =>
  share === 0
    ? 'var(--color-raised)'
    : `color-mix(in oklab, var(--color-chart-in) ${FAINTEST + share * (100 - FAINTEST)}%, var(--color-surface))`;

const Hours = ({ week }: { week: Week }): ReactElement => {
  const most = Math.max(...week.flat());
  return (
    <>
      <table className="w-full table-fixed border-separate border-spacing-px text-xs sm:border-spacing-0.5">
        <caption className="sr-only">{text.title}</caption>
        <thead>
          <tr className="text-muted">
            <td className="w-9" />
            {Array.from({ length: HOURS }, (_, hour) => (
              <th key={hour} scope="col" className="text-left font-normal whitespace-nowrap">
                <span className={hour % LABELLED_EVERY === 0 ? '' : 'sr-only'}>
                  {text.hour(hour)}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {week.map((hours, day) => (
            <tr key={WEEKDAYS[day]}>
              <th scope="row" className="text-left font-normal text-muted">
                {WEEKDAYS[day]}
              </th>
              {hours.map((value, hour) => (
                <td
                  key={hour}
                  title={text.cell(WEEKDAYS[day] ?? '', hour, count(value))}
                  className="h-6 rounded-xs"
                  style={{ background: shade(value / most) }}
                >
                  <span className="sr-only">{count(value)}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p aria-hidden="true" className="flex items-center justify-end gap-1.5 text-xs text-muted">
        {count(0)}
        {LEGEND.map((share) => (
          <span key={share} className="size-3 rounded-xs" style={{ background: shade(share) }} />
        ))}
        {text.most(count(most))}
      </p>
    </>
  );
};
