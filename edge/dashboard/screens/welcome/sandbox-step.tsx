import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactElement, useEffect } from 'react';
import { api, ask } from '../../api/client.ts';
import { ApiError } from '../../api/errors.ts';
import { liveSoon } from '../../api/live.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { ErrorNote } from '../../components/states.tsx';
import { Status } from '../../components/status.tsx';
import { t } from '../../messages/en.ts';
import { Step } from './step.tsx';

const text = t.welcome.sandbox;
const NAME = 'sandbox';

/** A sandbox session, created and linked by one click; one that is online already will do. */
export function SandboxStep({ onOnline }: { onOnline: (name: string) => void }): ReactElement {
  const client = useQueryClient();
  const { data: sessions, error } = useQuery({
    queryKey: ['sessions', 'welcome'],
    queryFn: () => ask(api.GET('/v1/sessions', { params: { query: { limit: 100 } } })),
    refetchInterval: liveSoon.refetchInterval,
  });
  const sandboxes = sessions?.filter(({ mode }) => mode === 'sandbox') ?? [];
  const online = sandboxes.find(({ status }) => status === 'online');
  const waiting = sandboxes.find(({ status }) => ['starting', 'created', 'qr'].includes(status));
  const creating = useMutation({
    mutationFn: () => ask(api.POST('/v1/sessions', { body: { name: NAME, mode: 'sandbox' } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['sessions'] }),
  });
  const { mutate: scan, ...scanning } = useMutation({
    mutationFn: (id: string) =>
      ask(api.POST('/v1/sessions/{id}/sandbox/scan', { params: { path: { id } }, body: {} })),
  });
  const toScan = waiting?.status === 'qr' && creating.isSuccess ? waiting.id : undefined;
  useEffect(() => {
    if (toScan !== undefined) scan(toScan);
  }, [toScan, scan]);
  const name = online?.name;
  useEffect(() => {
    if (name !== undefined) onOnline(name);
  }, [name, onOnline]);
  const isTaken = creating.error instanceof ApiError && creating.error.code === 'CONFLICT';
  const problem = isTaken ? scanning.error : (error ?? creating.error ?? scanning.error);
  return (
    <Step
      number={1}
      title={text.title}
      lead={text.lead}
      isOpen={sessions !== undefined || error !== null}
      isDone={online !== undefined}
    >
      <div role="status">
        {online !== undefined && <Status tone="good" word={text.done(online.name)} />}
        {online === undefined && creating.isSuccess && (
          <Status tone="wait" isMoving word={text.working} />
        )}
      </div>
      {problem !== null && <ErrorNote error={problem} />}
      {online === undefined && !creating.isSuccess && (
        <div className="flex flex-wrap gap-2">
          {waiting === undefined ? (
            <Button look="primary" isBusy={creating.isPending} onClick={() => creating.mutate()}>
              {text.button}
            </Button>
          ) : (
            <Link
              to="/sessions/$sessionId"
              params={{ sessionId: waiting.id }}
              className={buttonClass('primary')}
            >
              {t.sessions.next[waiting.status]}
            </Link>
          )}
          <Link to="/sessions" search={{ create: true }} className={buttonClass('plain')}>
            {text.real}
          </Link>
        </div>
      )}
    </Step>
  );
}
