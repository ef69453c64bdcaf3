import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { api, ask } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy.tsx';
import { Input } from '../../components/field.tsx';
import { ErrorNote, FormError } from '../../components/states.tsx';
import { Until } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';
import type { Session } from './session.ts';

const text = t.sessions.link;

export function PairingCode({ session: { id, mode } }: { session: Session }): ReactElement {
  const [phone, setPhone] = useState('');
  const asking = useMutation({
    mutationFn: async () => {
      const params = { path: { id } };
      const answer = ask(api.POST('/v1/sessions/{id}/pairing-code', { params, body: { phone } }));
      return { ...(await answer), phone };
    },
  });
  const client = useQueryClient();
  const typing = useMutation({
    mutationFn: (asked: { phone: string; code: string }) => {
      const body = { phone: asked.phone, pairingCode: asked.code };
      return ask(api.POST('/v1/sessions/{id}/sandbox/scan', { params: { path: { id } }, body }));
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['sessions', id] }),
  });
  const { data: given } = asking;
  const isTyped = mode === 'sandbox' && given !== undefined;
  const fields = fieldErrors(asking.error);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    asking.mutate();
  };
  return (
    <form onSubmit={submit} noValidate className="grid w-64 content-start gap-4">
      {given !== undefined && (
        <div role="status" className="grid gap-1 rounded-lg border bg-raised p-4">
          <p className="text-sm text-muted">{text.pairing}</p>
          <p className="flex items-center gap-2 font-mono text-xl font-semibold tracking-widest">
            {given.code}
            <CopyButton text={given.code} label={t.common.copy(text.pairing)} />
          </p>
          <p className="text-sm text-muted">
            {text.expiry} <Until at={given.expiresAt} />
          </p>
        </div>
      )}
      {isTyped && (
        <Button look="primary" isBusy={typing.isPending} onClick={() => typing.mutate(given)}>
          {text.sandboxType}
        </Button>
      )}
      {typing.error !== null && <ErrorNote error={typing.error} />}
      <Input
        label={text.phone}
        hint={text.phoneHint}
        type="tel"
        autoComplete="off"
        value={phone}
        error={fields['phone']}
        onChange={(event) => setPhone(event.target.value)}
      />
      <FormError error={asking.error} shown={['phone']} />
      <Button type="submit" look={isTyped ? 'plain' : 'primary'} isBusy={asking.isPending}>
        {given === undefined ? text.request : text.requestAgain}
      </Button>
    </form>
  );
}
