import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type ReactElement, useEffect, useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { Bars } from '../../components/bars.tsx';
import { Meter } from '../../components/meter.tsx';
import { bytes, percent } from '../../components/numbers.ts';
import { Card } from '../../components/page.tsx';
import { Empty } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { onlineMinutes } from './online-minutes.ts';
import { activityQuery, metricsQuery } from './session.ts';

const text = t.sessions.metrics;
const HOURS = 24;
/** About twenty minutes: the runner measures every half minute. */
const KEPT = 40;
const MEBIBYTE = 1_048_576;

type Measured = NonNullable<Schemas['SessionMetrics']['resources']>;

const clock = (at: number | string): string =>
  new Date(at).toLocaleTimeString(t.locale, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });

/** What the session takes of its machine, and when it was online. */
export function Metrics({ id }: { id: string }): ReactElement {
  const { data } = useQuery(metricsQuery(id));
  const samples = useSamples(data?.resources ?? null);
  return (
    <>
      <Online id={id} uptime={data?.uptime} />
      <Card title={text.resources}>
        {samples.length === 0 ? (
          <Empty title={text.notMeasured}>{text.notMeasuredLead}</Empty>
        ) : (
          <>
            <p className="text-muted">{text.sinceOpened}</p>
            <Bars
              title={text.memory}
              series={[{ name: text.memory, color: 'bg-chart-in' }]}
              bars={samples.map(({ measuredAt, pssBytes, rssBytes }) => ({
                label: clock(measuredAt),
                values: [Math.round((pssBytes ?? rssBytes) / MEBIBYTE)],
              }))}
            />
            <Bars
              title={text.cpu}
              series={[{ name: text.cpu, color: 'bg-chart-out' }]}
              bars={samples.map(({ measuredAt, cpuPercent }) => ({
                label: clock(measuredAt),
                values: [cpuPercent ?? 0],
              }))}
            />
            <Latest measured={samples.at(-1)} />
          </>
        )}
      </Card>
    </>
  );
}

/** Each measurement once, for as long as the page is open: the API keeps the last one only. */
function useSamples(latest: Measured | null): readonly Measured[] {
  const [samples, setSamples] = useState<readonly Measured[]>([]);
  useEffect(() => {
    if (latest === null) return;
    setSamples((known) =>
      known.at(-1)?.measuredAt === latest.measuredAt ? known : [...known, latest].slice(-KEPT),
    );
  }, [latest]);
  return samples;
}

const Latest = ({ measured }: { measured: Measured | undefined }): ReactElement | null =>
  measured === undefined ? null : (
    <p className="text-muted">
      {text.latest(
        bytes(measured.pssBytes ?? measured.rssBytes),
        measured.processes,
        measured.pageErrors ?? 0,
      )}
    </p>
  );

function Online({
  id,
  uptime,
}: {
  id: string;
  uptime: Schemas['SessionMetrics']['uptime'] | undefined;
}): ReactElement {
  const { data } = useInfiniteQuery(activityQuery(id));
  const log = data?.pages.flatMap((page) => page.data) ?? [];
  const shares = [
    [text.day, uptime?.day.share],
    [text.week, uptime?.week.share],
  ] as const;
  return (
    <Card title={text.online}>
      <div className="grid gap-4 sm:grid-cols-2 sm:gap-8">
        {shares.map(([label, share]) => (
          <Meter
            key={label}
            label={label}
            words={share == null ? t.sessions.facts.unknown : percent(share)}
            share={share ?? null}
            isLimit={false}
          />
        ))}
      </div>
      <Bars
        title={text.perHour}
        series={[{ name: text.perHour, color: 'bg-chart-in' }]}
        bars={onlineMinutes(log, HOURS, Date.now()).map(({ startsAt, minutes }) => ({
          label: clock(startsAt),
          values: [minutes],
        }))}
      />
    </Card>
  );
}
