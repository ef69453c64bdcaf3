import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { type FormEvent, type ReactElement, useState } from 'react';
import { api, ask, type Schemas } from '../../api/client.ts';
import { liveSoon } from '../../api/live.ts';
import { Button } from '../../components/button.tsx';
import { Input } from '../../components/field.tsx';
import { Icon } from '../../components/icon.tsx';
import { ErrorNote } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { Step } from './step.tsx';

const text = t.welcome.message;
export const RECIPIENT = '+15550100010';
const MARKS = ['queued', 'sent', 'delivered', 'read'] as const;

/** A text to somebody in the sandbox, and its acks as they come in. */
export function MessageStep({
  session,
  onSent,
}: {
  session: string | undefined;
  onSent: () => void;
}): ReactElement {
  const [words, setWords] = useState(text.text);
  const sending = useMutation({
    mutationFn: (sessionId: string) =>
      ask(api.POST('/v1/messages/text', { body: { sessionId, to: RECIPIENT, text: words } })),
    onSuccess: onSent,
  });
  const id = sending.data?.id;
  const { data: message } = useQuery({
    queryKey: ['messages', id],
    queryFn: () => ask(api.GET('/v1/messages/{id}', { params: { path: { id: id ?? '' } } })),
    enabled: id !== undefined,
    refetchInterval: ({ state }) =>
      state.data?.status === 'read' ? false : liveSoon.refetchInterval,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (session !== undefined) sending.mutate(session);
  };
  return (
    <Step
      number={2}
      title={text.title}
      lead={text.lead}
      isOpen={session !== undefined}
      isDone={message?.status === 'read'}
    >
      {id === undefined && (
        <form onSubmit={submit} className="flex flex-wrap items-end gap-2">
          <div className="min-w-48 flex-1">
            <Input
              label={text.label}
              value={words}
              autoComplete="off"
              onChange={(event) => setWords(event.target.value)}
            />
          </div>
          <Button type="submit" look="primary" isBusy={sending.isPending} className="min-h-9">
            {text.button}
          </Button>
        </form>
      )}
      {sending.error !== null && <ErrorNote error={sending.error} />}
      {id !== undefined && (
        <>
          <div role="status">
            <Marks status={message?.status ?? 'queued'} />
          </div>
          <Link
            to="/messages"
            search={{ message: id }}
            className="justify-self-start text-accent underline underline-offset-2"
          >
            {text.open}
          </Link>
        </>
      )}
    </Step>
  );
}

function Marks({ status }: { status: Schemas['Message']['status'] }): ReactElement {
  if (status === 'failed' || status === 'unknown') return <p className="text-bad">{text.failed}</p>;
  const reached = status === 'sending' ? 0 : MARKS.findIndex((mark) => mark === status);
  return (
    <ol className="flex flex-wrap gap-x-6 gap-y-2">
      {MARKS.map((mark, index) => (
        <li
          key={mark}
          className={clsx(
            'flex items-center gap-1.5',
            index <= reached ? 'font-medium text-good' : 'text-muted',
          )}
        >
          {index <= reached && <Icon name="check" size={14} />}
          {text.steps[mark]}
        </li>
      ))}
    </ol>
  );
}
