import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Bars } from '../../components/bars.tsx';
import { everyDay, shortDay } from '../../components/days.ts';
import { count } from '../../components/numbers.ts';
import { Card } from '../../components/page.tsx';
import { ErrorNote, Loading } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { DAYS, daysQuery } from './queries.ts';

const text = t.overview.today;
const NUMBERS = ['received', 'sent', 'delivered', 'read', 'failed'] as const;
const SERIES = [
  { name: text.received, color: 'bg-chart-in' },
  { name: text.sent, color: 'bg-chart-out' },
  { name: text.failed, color: 'bg-bad' },
];

/** Today in numbers, and the fortnight as bars. */
export function Today(): ReactElement {
  const { data, error } = useQuery(daysQuery);
  const days = everyDay(data ?? [], DAYS, Date.now());
  const today = days.at(-1);
  return (
    <Card title={text.title} actions={<span className="text-sm text-muted">{text.zone}</span>}>
      {error !== null && <ErrorNote error={error} />}
      {data === undefined && error === null && <Loading rows={5} />}
      {data !== undefined && (
        <>
          <dl className="grid grid-cols-3 gap-x-6 gap-y-4 sm:grid-cols-5">
            {NUMBERS.map((name) => (
              <div key={name}>
                <dt className="text-sm text-muted">{text[name]}</dt>
                <dd className="text-xl font-semibold">{count(today?.[name] ?? 0)}</dd>
              </div>
            ))}
          </dl>
          <Bars
            title={text.chart}
            series={SERIES}
            bars={days.map(({ day, received, sent, failed }) => ({
              label: shortDay(day),
              values: [received, sent, failed],
            }))}
          />
        </>
      )}
    </Card>
  );
}
