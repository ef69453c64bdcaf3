import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import { api, ask } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { CodeBlock, Copyable } from '../../components/copy.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Facts } from '../../components/facts.tsx';
import { Snippets } from '../../components/show-call.tsx';
import { ErrorNote, Loading } from '../../components/states.tsx';
import { Exact } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';
import { type Message, messageQuery } from './message.ts';
import { MessageState } from './table.tsx';

const text = t.messages.detail;
const STEPS = [
  'createdAt',
  'sendAt',
  'sentAt',
  'stalledAt',
  'deliveredAt',
  'readAt',
  'playedAt',
  'failedAt',
  'editedAt',
  'revokedAt',
] as const;

export function MessageSheet({ id, onClose }: { id: string; onClose: () => void }): ReactElement {
  const { data: message, error } = useQuery(messageQuery(id));
  return (
    <Dialog as="sheet" title={text.title} onClose={onClose}>
      {error !== null && <ErrorNote error={error} />}
      {message === undefined && error === null && <Loading />}
      {message !== undefined && <Detail message={message} />}
    </Dialog>
  );
}

function Detail({ message }: { message: Message }): ReactElement {
  const facts: [string, ReactNode][] = [
    [text.id, <Copyable key="id" text={message.id} label={t.common.copy(text.id)} />],
    [text.chat, <Copyable key="chat" text={message.chatId} label={t.common.copy(text.chat)} />],
    [
      text.session,
      <Link
        key="session"
        to="/sessions/$sessionId"
        params={{ sessionId: message.sessionId }}
        className="font-mono text-sm text-accent underline underline-offset-2"
      >
        {message.sessionId}
      </Link>,
    ],
    [
      text.wireId,
      message.wireId === null ? (
        t.common.none
      ) : (
        <Copyable key="wire" text={message.wireId} label={t.common.copy(text.wireId)} />
      ),
    ],
    [text.reference, message.reference ?? t.common.none],
  ];
  return (
    <>
      <p role="status" className="text-lg">
        <MessageState message={message} />
      </p>
      {message.status === 'queued' && <Cancel id={message.id} />}
      {message.status === 'unknown' && (
        <p className="rounded-md bg-wait-soft px-4 py-3 text-wait">{t.messages.unknownLead}</p>
      )}
      {message.error !== null && (
        <div className="rounded-md bg-bad-soft px-4 py-3 text-bad">
          <p className="font-medium">{text.error}</p>
          <p>{message.error.message}</p>
          <p className="font-mono text-xs">{message.error.code}</p>
        </div>
      )}
      <section aria-label={text.timeline} className="grid gap-2">
        <h3 className="font-semibold">{text.timeline}</h3>
        <ol className="grid gap-3 border-l pl-4">
          {STEPS.flatMap((step) => {
            const at = message[step];
            return at === null
              ? []
              : [
                  <li key={step} className="flex flex-wrap justify-between gap-x-4">
                    <span>{text.steps[step]}</span>
                    <span className="text-muted">
                      <Exact at={at} />
                    </span>
                  </li>,
                ];
          })}
        </ol>
      </section>
      <Facts facts={facts} columns={1} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
        <h3 className="font-semibold">{text.content}</h3>
        <Content message={message} />
      </div>
      <Snippets call={{ method: 'GET', path: `/v1/messages/${message.id}` }} />
    </>
  );
}

/** What it says, or that nobody knows it any more. */
function Content({
  message: { content, contentExpiredAt, erasedAt },
}: {
  message: Message;
}): ReactElement {
  const goneAt = erasedAt ?? contentExpiredAt;
  if (goneAt === null)
    return <CodeBlock label={text.content} code={JSON.stringify(content, null, 2)} />;
  return (
    <p className="text-muted">
      {erasedAt === null ? text.contentExpired : text.personErased} <Exact at={goneAt} />
    </p>
  );
}

/** Takes a message out of the queue, for as long as it is there. */
function Cancel({ id }: { id: string }): ReactElement {
  const client = useQueryClient();
  const cancelling = useMutation({
    mutationFn: () => ask(api.POST('/v1/messages/{id}/cancel', { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ['messages'] }),
  });
  return (
    <div className="grid justify-items-start gap-3">
      {cancelling.error !== null && <ErrorNote error={cancelling.error} />}
      <Button isBusy={cancelling.isPending} onClick={() => cancelling.mutate()}>
        {text.cancel}
      </Button>
    </div>
  );
}
