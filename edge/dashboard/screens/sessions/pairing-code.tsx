import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { api, ask } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy.tsx';
import { Input } from '../../components/field.tsx';
import { FormError } from '../../components/states.tsx';
import { Until } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';

const text = t.sessions.link;

export function PairingCode({ id }: { id: string }): ReactElement {
  const [phone, setPhone] = useState('');
  const asking = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/v1/sessions/{id}/pairing-code', { params: { path: { id } }, body: { phone } }),
      ),
  });
  const fields = fieldErrors(asking.error);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    asking.mutate();
  };
  return (
    <form onSubmit={submit} noValidate className="grid w-64 content-start gap-4">
      {asking.data !== undefined && (
        <div role="status" className="grid gap-1 rounded-lg border bg-raised p-4">
          <p className="text-sm text-muted">{text.pairing}</p>
          <p className="flex items-center gap-2 font-mono text-xl font-semibold tracking-widest">
            {asking.data.code}
            <CopyButton text={asking.data.code} label={t.common.copy(text.pairing)} />
          </p>
          <p className="text-sm text-muted">
            {text.expiry} <Until at={asking.data.expiresAt} />
          </p>
        </div>
      )}
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
      <Button type="submit" look="primary" isBusy={asking.isPending}>
        {text.request}
      </Button>
    </form>
  );
}
