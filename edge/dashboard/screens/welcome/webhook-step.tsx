import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, type ReactElement, useState } from 'react';
import { api, ask } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { liveSoon } from '../../api/live.ts';
import { Button } from '../../components/button.tsx';
import { CodeBlock } from '../../components/copy.tsx';
import { Input } from '../../components/field.tsx';
import { FormError } from '../../components/states.tsx';
import { Status } from '../../components/status.tsx';
import { t } from '../../messages/en.ts';
import { Step } from './step.tsx';

const text = t.welcome.webhook;
const TONES = { pending: 'wait', delivered: 'good', failed: 'bad', cancelled: 'off' } as const;

/** A webhook, and a test event that is delivered to it while one looks. */
export function WebhookStep({ isOpen }: { isOpen: boolean }): ReactElement {
  const [url, setUrl] = useState('');
  const client = useQueryClient();
  const creating = useMutation({
    mutationFn: async () => {
      const made = await ask(api.POST('/v1/webhooks', { body: { url } }));
      const params = { params: { path: { id: made.id } } };
      const { deliveryId } = await ask(api.POST('/v1/webhooks/{id}/test', params));
      return { ...made, deliveryId };
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['webhooks'] }),
  });
  const made = creating.data;
  const { data: delivery } = useQuery({
    queryKey: ['webhooks', made?.id, 'test'],
    queryFn: async () => {
      const path = { id: made?.id ?? '' };
      const rows = await ask(api.GET('/v1/webhooks/{id}/deliveries', { params: { path } }));
      return rows.find(({ id }) => id === made?.deliveryId) ?? null;
    },
    enabled: made !== undefined,
    refetchInterval: ({ state }) =>
      state.data?.status === 'delivered' ? false : liveSoon.refetchInterval,
  });
  const fields = fieldErrors(creating.error);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    creating.mutate();
  };
  const status = delivery?.status ?? 'pending';
  return (
    <Step
      number={4}
      title={text.title}
      lead={text.lead}
      isOpen={isOpen}
      isDone={status === 'delivered'}
    >
      <FormError error={creating.error} shown={['url']} />
      {made === undefined ? (
        <form onSubmit={submit} noValidate className="flex flex-wrap items-end gap-2">
          <div className="min-w-48 flex-1">
            <Input
              label={text.label}
              type="url"
              autoComplete="off"
              value={url}
              error={fields['url']}
              onChange={(event) => setUrl(event.target.value)}
            />
          </div>
          <Button type="submit" look="primary" isBusy={creating.isPending} className="min-h-9">
            {text.button}
          </Button>
        </form>
      ) : (
        <>
          <p role="status" className="flex flex-wrap gap-2">
            {text.delivery}:
            <Status
              tone={TONES[status]}
              isMoving={status === 'pending'}
              word={t.webhooks.deliveryStatus[status]}
            />
          </p>
          <p className="text-sm text-muted">{text.secret}</p>
          <CodeBlock label={text.secret} code={made.secret} />
          <Link
            to="/webhooks/$webhookId"
            params={{ webhookId: made.id }}
            className="justify-self-start text-accent underline underline-offset-2"
          >
            {text.open}
          </Link>
        </>
      )}
    </Step>
  );
}
