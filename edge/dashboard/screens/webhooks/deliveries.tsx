import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Filters, FilterSelect } from '../../components/filters.tsx';
import { LiveNote } from '../../components/live-note.tsx';
import { Card } from '../../components/page.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import { Empty, ErrorNote } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { DeliveryRow } from './delivery-row.tsx';
import { RedeliverFailed, redeliveredWords, useRedeliver } from './redeliver.tsx';
import { deliveriesQuery, DELIVERY_STATUSES } from './webhook.ts';

const text = t.webhooks.detail;
const again = t.webhooks.redeliver;

export function Deliveries({ id }: { id: string }): ReactElement {
  const { status } = useSearch({ from: '/shell/webhooks/$webhookId' });
  const navigate = useNavigate();
  const list = useInfiniteQuery(deliveriesQuery(id, status));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isAsked, setAsked] = useState(false);
  const redelivering = useRedeliver(id);
  const choose = (one: string, isOn: boolean): void => {
    const next = new Set(chosen);
    if (isOn) next.add(one);
    else next.delete(one);
    setChosen(next);
  };
  return (
    <Card
      title={text.deliveries}
      actions={
        <span className="text-sm text-muted">
          <LiveNote />
        </span>
      }
    >
      <div className="flex flex-wrap items-end justify-between gap-3">
        <Filters>
          <FilterSelect
            label={text.filter}
            value={status}
            options={DELIVERY_STATUSES.map((one) => [one, t.webhooks.deliveryStatus[one]])}
            onChoose={(value) => {
              const next = DELIVERY_STATUSES.find((one) => one === value);
              void navigate({ to: '.', search: next === undefined ? {} : { status: next } });
            }}
          />
        </Filters>
        <div className="flex flex-wrap gap-2">
          <Button
            disabled={chosen.size === 0}
            isBusy={redelivering.isPending}
            onClick={() =>
              redelivering.mutate(
                { deliveryIds: [...chosen] },
                { onSuccess: () => setChosen(new Set()) },
              )
            }
          >
            {again.chosen(chosen.size)}
          </Button>
          <Button onClick={() => setAsked(true)}>{again.failed}</Button>
        </div>
      </div>
      <p role="status" className="text-good empty:-my-2">
        {redelivering.data === undefined ? '' : redeliveredWords(redelivering.data)}
      </p>
      {redelivering.error !== null && !isAsked && <ErrorNote error={redelivering.error} />}
      <PagedList
        list={list}
        empty={<Empty title={text.noDeliveries}>{text.noDeliveriesLead}</Empty>}
      >
        {(rows) => (
          <ul className="divide-y border-y">
            {rows.map((delivery) => (
              <li key={delivery.id}>
                <DeliveryRow
                  delivery={delivery}
                  isChosen={chosen.has(delivery.id)}
                  onChoose={(isOn) => choose(delivery.id, isOn)}
                  onRedeliver={() => redelivering.mutate({ deliveryIds: [delivery.id] })}
                />
              </li>
            ))}
          </ul>
        )}
      </PagedList>
      {isAsked && <RedeliverFailed redelivering={redelivering} onClose={() => setAsked(false)} />}
    </Card>
  );
}
