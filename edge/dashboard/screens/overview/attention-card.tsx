import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import type { ReactElement } from 'react';
import type { Schemas } from '../../api/client.ts';
import { buttonClass } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Card } from '../../components/page.tsx';
import { t } from '../../messages/en.ts';
import { type Attention, attentionOf } from './attention.ts';
import { oldestQueuedQuery, webhooksQuery } from './queries.ts';

const text = t.overview.attention;

/** What a person has to do, with the way there. Who may not see webhooks is told of sessions alone. */
export function AttentionCard({
  sessions,
}: {
  sessions: readonly Schemas['Session'][];
}): ReactElement {
  const { data: webhooks = [] } = useQuery(webhooksQuery);
  const { data: oldestQueued = null } = useQuery(oldestQueuedQuery);
  const found = attentionOf({ sessions, webhooks, oldestQueued });
  if (found.length === 0)
    return (
      <p role="status" className="flex items-center gap-2 rounded-lg border bg-surface px-5 py-3">
        <span className="text-good">
          <Icon name="check" />
        </span>
        {text.nothing}
      </p>
    );
  return (
    <Card title={text.title}>
      <ul className="-my-3 divide-y">
        {found.map((item) => (
          <li key={item.key} className="flex flex-wrap items-center gap-x-6 gap-y-2 py-3">
            <div className="grid min-w-0 flex-1 basis-64 grid-cols-[auto_minmax(0,1fr)] gap-x-2.5">
              <span
                aria-hidden="true"
                className={clsx(
                  'mt-1.5 size-2 rounded-full',
                  item.tone === 'bad' ? 'bg-bad' : 'bg-wait',
                )}
              />
              <span className="font-medium wrap-anywhere">{item.title}</span>
              <span className="col-start-2 text-muted">{item.advice}</span>
            </div>
            <Way item={item} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Way({ item: { to, title } }: { item: Attention }): ReactElement {
  const look = { 'aria-label': text.look(title), className: buttonClass(), children: text.open };
  if (to.at === 'session')
    return <Link {...look} to="/sessions/$sessionId" params={{ sessionId: to.id }} />;
  if (to.at === 'webhook')
    return <Link {...look} to="/webhooks/$webhookId" params={{ webhookId: to.id }} />;
  return <Link {...look} to="/messages" search={{ status: 'queued' }} />;
}
