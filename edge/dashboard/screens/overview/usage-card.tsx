import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Meter } from '../../components/meter.tsx';
import { bytes, count } from '../../components/numbers.ts';
import { Card } from '../../components/page.tsx';
import { ErrorNote, Loading } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { usageQuery } from './queries.ts';

const text = t.overview.usage;

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
