import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { allSessionsQuery } from '../../api/sessions.ts';
import type { ShownCall } from '../../api/snippets.ts';
import { Bars } from '../../components/bars.tsx';
import { everyDay, shortDay } from '../../components/days.ts';
import { Select } from '../../components/field.tsx';
import { Filters, FilterSelect } from '../../components/filters.tsx';
import { Meter } from '../../components/meter.tsx';
import { count, percent } from '../../components/numbers.ts';
import { Card, Page } from '../../components/page.tsx';
import { ShowCall } from '../../components/show-call.tsx';
import { Empty, ErrorNote, Loading } from '../../components/states.tsx';
import { UsageCard } from '../../components/usage-meters.tsx';
import { t } from '../../messages/en.ts';
import { HeatMap } from './heat-map.tsx';
import { BYS, type Counts, NEWEST, statsQuery, sumOf } from './queries.ts';
import { StatsTable } from './stats-table.tsx';

const text = t.statistics;
const { columns } = text;
const PERIODS = [7, 30, 90, 365] as const;
const SERIES = [
  { name: columns.received, color: 'bg-chart-in' },
  { name: columns.sent, color: 'bg-chart-out' },
  { name: columns.failed, color: 'bg-bad' },
];

const CALLS: readonly ShownCall[] = [
  ...BYS.map((one) => ({ method: 'GET', path: `/v1/stats?by=${one}` }) as const),
  {
    method: 'GET',
    path: `/v1/messages/export?format=jsonl&limit=${NEWEST}`,
    saveAs: 'messages.jsonl',
  },
];

export function Statistics(): ReactElement {
  const search = useSearch({ from: '/shell/statistics' });
  const { sessionId, by = 'day' } = search;
  const days = PERIODS.find((one) => String(one) === search.days) ?? 30;
  const navigate = useNavigate();
  const { data: sessions = [] } = useQuery(allSessionsQuery);
  const { data, error, refetch } = useQuery(statsQuery(days, 'day', sessionId));
  const choose = (name: 'days' | 'sessionId', value: string): void => {
    void navigate({ to: '/statistics', search: { ...search, [name]: value }, replace: true });
  };
  return (
    <Page title={text.title} lead={text.lead} actions={<ShowCall calls={CALLS} />}>
      <Filters>
        <Select
          label={text.days}
          value={days}
          onChange={(event) => choose('days', event.target.value)}
        >
          {PERIODS.map((one) => (
            <option key={one} value={one}>
              {text.periods[one]}
            </option>
          ))}
        </Select>
        <FilterSelect
          label={text.session}
          value={sessionId}
          options={sessions.map(({ id, name }) => [id, name])}
          onChoose={(value) => choose('sessionId', value)}
        />
      </Filters>
      {error !== null && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Loading rows={8} />}
      {data?.length === 0 && <Empty title={text.empty}>{text.emptyLead}</Empty>}
      {data !== undefined && data.length > 0 && (
        <>
          <Card title={text.chart}>
            <Bars
              title={text.chart}
              series={SERIES}
              bars={everyDay(data, days, Date.now()).map(({ day, received, sent, failed }) => ({
                label: shortDay(day),
                values: [received, sent, failed],
              }))}
            />
          </Card>
          <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-2">
            <Reached counts={sumOf(data)} />
            <UsageCard />
          </div>
          <HeatMap days={days} sessionId={sessionId} />
          <StatsTable days={days} by={by} sessionId={sessionId} sessions={sessions} />
        </>
      )}
    </Page>
  );
}

/** How far messages got: the share of those sent that reached each status. */
const Reached = ({ counts }: { counts: Counts }): ReactElement => (
  <Card title={text.statuses}>
    <p className="text-sm text-muted">{text.statusesLead}</p>
    {(['delivered', 'read', 'played', 'failed', 'unknown'] as const).map((name) => {
      const of = counts.sent + (name === 'failed' || name === 'unknown' ? counts[name] : 0);
      const share = of === 0 ? null : counts[name] / of;
      return (
        <Meter
          key={name}
          label={columns[name]}
          words={
            share === null ? count(counts[name]) : `${count(counts[name])} · ${percent(share)}`
          }
          share={share}
          isLimit={false}
        />
      );
    })}
  </Card>
);
