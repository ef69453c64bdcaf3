import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { api, ask } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/page.tsx';
import { ErrorNote } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { act } from './actions.ts';
import { PairingCode } from './pairing-code.tsx';
import { QrCode } from './qr-code.tsx';
import { isRunning, type Session } from './session.ts';

const text = t.sessions.link;

/** The two ways to link a phone: its camera, or a code that one types. A sandbox has a phone of its own. */
export function LinkCard({ session }: { session: Session }): ReactElement {
  const [byCode, setByCode] = useState(session.status === 'pairing_code');
  if (!isRunning(session.status))
    return (
      <Card title={text.title}>
        <p>{text.startLead}</p>
        <StartButton id={session.id} />
      </Card>
    );
  return (
    <>
      {session.mode === 'sandbox' && !byCode && session.status !== 'authenticating' && (
        <SandboxScan id={session.id} />
      )}
      <Card title={text.title}>
        <div className="grid gap-6 sm:grid-cols-[auto_minmax(0,1fr)] sm:gap-10">
          {byCode ? <PairingCode session={session} /> : <QrCode session={session} />}
          <div className="grid content-start gap-4">
            {!byCode && (
              <ol className="grid list-decimal gap-2 pl-5">
                {text.steps.map((step) => (
                  <li key={step}>{step}</li>
                ))}
              </ol>
            )}
            {byCode && <p>{text.typeIt}</p>}
            <div>
              <Button onClick={() => setByCode(!byCode)}>
                {byCode ? text.backToQr : text.noCamera}
              </Button>
            </div>
            <p className="text-sm text-muted">{text.member}</p>
          </div>
        </div>
      </Card>
    </>
  );
}

function StartButton({ id }: { id: string }): ReactElement {
  const client = useQueryClient();
  const starting = useMutation({
    mutationFn: () => act('start', id),
    onSuccess: () => client.invalidateQueries({ queryKey: ['sessions'] }),
  });
  return (
    <div className="grid justify-items-start gap-3">
      {starting.error !== null && <ErrorNote error={starting.error} />}
      <Button look="primary" isBusy={starting.isPending} onClick={() => starting.mutate()}>
        {t.sessions.actions.start}
      </Button>
    </div>
  );
}

function SandboxScan({ id }: { id: string }): ReactElement {
  const client = useQueryClient();
  const scanning = useMutation({
    mutationFn: () =>
      ask(api.POST('/v1/sessions/{id}/sandbox/scan', { params: { path: { id } }, body: {} })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['sessions', id] }),
  });
  return (
    <Card title={text.sandboxTitle}>
      <div className="flex flex-wrap items-center justify-between gap-4">
        <p>{text.sandboxLead}</p>
        <Button look="primary" isBusy={scanning.isPending} onClick={() => scanning.mutate()}>
          {text.sandboxScan}
        </Button>
      </div>
      {scanning.error !== null && <ErrorNote error={scanning.error} />}
    </Card>
  );
}
