import { queryOptions, useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { api, ask } from '../api/client.ts';
import { t } from '../messages/en.ts';
import { Meter } from './meter.tsx';
import { bytes, count } from './numbers.ts';
import { Card } from './page.tsx';
import { ErrorNote, Loading } from './states.tsx';

const text = t.overview.usage;
const COUNTED_EVERY_MS = 10_000;

const usageQuery = queryOptions({
  queryKey: ['usage'],
  queryFn: () => ask(api.GET('/v1/usage')),
  refetchInterval: COUNTED_EVERY_MS,
});

/** What of the workspace's tier is used. */
export function UsageCard(): ReactElement {
  const { data: usage, error } = useQuery(usageQuery);
  return (
    <Card title={text.title(usage?.tier ?? '…')}>
      {error !== null && <ErrorNote error={error} />}
      {usage === undefined && error === null && <Loading rows={3} />}
      {usage !== undefined && (
        <>
          <Meter
            label={text.sessions}
            {...(usage.sessions.limit === 'unlimited'
              ? { words: text.unlimited(count(usage.sessions.used)), share: null }
              : {
                  words: text.of(count(usage.sessions.used), count(usage.sessions.limit)),
                  share: usage.sessions.used / usage.sessions.limit,
                })}
          />
          <Meter
            label={text.media}
            words={text.of(bytes(usage.media.usedBytes), bytes(usage.media.limitBytes))}
            share={usage.media.usedBytes / usage.media.limitBytes}
          />
          <Meter
            label={text.month}
            words={text.monthWords(count(usage.messages.sent), count(usage.messages.received))}
            share={null}
          />
        </>
      )}
    </Card>
  );
}
