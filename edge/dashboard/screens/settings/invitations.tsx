import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { api, ask } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { Button } from '../../components/button.tsx';
import { Checkbox, Choice, Input } from '../../components/field.tsx';
import { Card } from '../../components/page.tsx';
import { ErrorNote, FormError, Loading } from '../../components/states.tsx';
import { Until } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';

const text = t.settings.members;

export function Invitations(): ReactElement {
  const client = useQueryClient();
  const { data: open, error } = useQuery({
    queryKey: ['invitations'],
    queryFn: () => ask(api.GET('/v1/workspace/invitations')),
  });
  const revoking = useMutation({
    mutationFn: (id: string) =>
      ask(api.DELETE('/v1/workspace/invitations/{id}', { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['invitations'] }),
  });
  return (
    <>
      <Card title={text.invite}>
        <InviteForm />
      </Card>
      <Card title={text.invitations}>
        {error !== null && <ErrorNote error={error} />}
        {revoking.error !== null && <ErrorNote error={revoking.error} />}
        {open === undefined && error === null && <Loading rows={1} />}
        {open?.length === 0 && <p className="text-muted">{text.noInvitations}</p>}
        {open !== undefined && open.length > 0 && (
          <ul className="divide-y">
            {open.map(({ id, email, role, expiresAt }) => (
              <li key={id} className="flex min-h-12 flex-wrap items-center gap-x-6 gap-y-1">
                <span className="min-w-0 flex-1 truncate font-medium">{email}</span>
                <span className="text-muted">{text[role]}</span>
                <span className="text-muted">
                  {text.expires} <Until at={expiresAt} />
                </span>
                <Button aria-label={text.revokeOf(email)} onClick={() => revoking.mutate(id)}>
                  {text.revoke}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </>
  );
}

function InviteForm(): ReactElement {
  const [email, setEmail] = useState('');
  const [isOwner, setOwner] = useState(false);
  const [allSessions, setAll] = useState(false);
  const client = useQueryClient();
  const inviting = useMutation({
    mutationFn: () => {
      const role = isOwner ? ('owner' as const) : ('member' as const);
      return ask(api.POST('/v1/workspace/invitations', { body: { email, role, allSessions } }));
    },
    onSuccess: async () => {
      setEmail('');
      await client.invalidateQueries({ queryKey: ['invitations'] });
    },
  });
  const fields = fieldErrors(inviting.error);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    inviting.mutate();
  };
  return (
    <form onSubmit={submit} noValidate className="grid max-w-lg gap-5">
      <Input
        label={text.inviteEmail}
        type="email"
        autoComplete="off"
        value={email}
        error={fields['email']}
        onChange={(event) => setEmail(event.target.value)}
      />
      <Choice
        legend={text.inviteRole}
        options={[
          { value: 'member', label: text.member },
          { value: 'owner', label: text.owner },
        ]}
        value={isOwner ? 'owner' : 'member'}
        onChange={(role) => setOwner(role === 'owner')}
      />
      {!isOwner && (
        <Checkbox
          label={text.inviteAll}
          hint={text.inviteAllHint}
          checked={allSessions}
          onChange={(event) => setAll(event.target.checked)}
        />
      )}
      <FormError error={inviting.error} shown={['email']} />
      <div>
        <Button type="submit" look="primary" isBusy={inviting.isPending}>
          {text.inviteSubmit}
        </Button>
      </div>
    </form>
  );
}
