import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { api, ask, type Schemas } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { Button } from '../../components/button.tsx';
import { Input } from '../../components/field.tsx';
import { Card } from '../../components/page.tsx';
import { SaveBar } from '../../components/save-bar.tsx';
import { FormError } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import type { Session } from './session.ts';

const text = t.sessions.proxy;
const NOTHING = { url: '', username: '', password: '' };

type Proxy = NonNullable<Schemas['UpdateSessionBody']['proxy']>;

/** The proxy of a session. Its login is written here and never shown again. */
export function ProxySettings({ session }: { session: Session }): ReactElement {
  const [draft, setDraft] = useState(NOTHING);
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: (proxy: Proxy | null) => {
      const params = { path: { id: session.id } };
      return ask(api.PATCH('/v1/sessions/{id}', { params, body: { proxy } }));
    },
    onSuccess: async () => {
      setDraft(NOTHING);
      await client.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  const fields = fieldErrors(saving.error);
  const input = (name: keyof typeof draft) => ({
    value: draft[name],
    error: fields[`proxy.${name}`],
    autoComplete: 'off',
    onChange: (event: { target: { value: string } }) =>
      setDraft({ ...draft, [name]: event.target.value }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const { url, username, password } = draft;
    saving.mutate({
      url,
      ...(username !== '' && { username }),
      ...(password !== '' && { password }),
    });
  };
  return (
    <Card title={text.title}>
      <p className="text-muted">
        {session.proxy === null ? text.none : text.now(session.proxy)} {text.lead}
      </p>
      <form onSubmit={submit} noValidate className="grid max-w-lg gap-5">
        <Input label={text.url} hint={text.urlHint} {...input('url')} />
        <Input label={text.username} {...input('username')} />
        <Input label={text.password} type="password" {...input('password')} />
        <FormError error={saving.error} shown={['proxy.url', 'proxy.username', 'proxy.password']} />
        <SaveBar label={text.save} saving={saving}>
          {session.proxy !== null && (
            <Button onClick={() => saving.mutate(null)}>{text.remove}</Button>
          )}
        </SaveBar>
      </form>
    </Card>
  );
}
