import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, type ReactElement, useState } from 'react';
import { api, ask } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { Button } from '../../components/button.tsx';
import { Input } from '../../components/field.tsx';
import { Card } from '../../components/page.tsx';
import { ErrorNote, FormError } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import type { Session } from './session.ts';

const text = t.sessions.presence;

/** Subscribes or unsubscribes, and reads the session again, which holds the list. */
function useSubscription(sessionId: string, how: 'subscribe' | 'unsubscribe') {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => {
      const options = { params: { path: { id } }, body: { sessionId } };
      return ask(
        how === 'subscribe'
          ? api.POST('/v1/presence/{id}/subscribe', options)
          : api.POST('/v1/presence/{id}/unsubscribe', options),
      );
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['sessions', sessionId] }),
  });
}

/** The people of whom the session reports whether they are online. WhatsApp itself is asked, so it has to be online. */
export function PresenceSettings({ session }: { session: Session }): ReactElement {
  const { id, presenceOf, status, alwaysOnline } = session;
  const isOnline = status === 'online';
  return (
    <Card title={text.title}>
      <p className="text-muted">
        {text.lead}{' '}
        <Link
          to="/events"
          search={{ sessionId: id, types: 'presence.update' }}
          className="underline hover:text-ink"
        >
          {text.events}
        </Link>
      </p>
      {!alwaysOnline && <p className="text-wait">{text.needsAlwaysOnline}</p>}
      {!isOnline && <p className="text-muted">{text.needsOnline}</p>}
      {presenceOf.length === 0 ? (
        <p>{text.none}</p>
      ) : (
        <Watched session={session} isOnline={isOnline} />
      )}
      <Watch session={session} isOnline={isOnline} />
    </Card>
  );
}

type Props = { session: Session; isOnline: boolean };

function Watched({ session: { id, presenceOf }, isOnline }: Props): ReactElement {
  const ending = useSubscription(id, 'unsubscribe');
  return (
    <>
      <ul aria-label={text.title} className="max-w-lg divide-y border-y">
        {presenceOf.map((person) => (
          <li key={person} className="flex min-h-11 items-center justify-between gap-4">
            <span className="min-w-0 truncate">{nameOf(person)}</span>
            <Button
              look="quiet"
              aria-label={text.removeOf(nameOf(person))}
              disabled={!isOnline || ending.isPending}
              onClick={() => ending.mutate(person)}
            >
              {text.remove}
            </Button>
          </li>
        ))}
      </ul>
      {ending.error !== null && <ErrorNote error={ending.error} />}
    </>
  );
}

function Watch({ session: { id }, isOnline }: Props): ReactElement {
  const [person, setPerson] = useState('');
  const adding = useSubscription(id, 'subscribe');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    adding.mutate(person.trim(), { onSuccess: () => setPerson('') });
  };
  return (
    <form onSubmit={submit} noValidate className="grid max-w-lg gap-4">
      <Input
        label={text.person}
        hint={text.personHint}
        autoComplete="off"
        disabled={!isOnline}
        value={person}
        error={fieldErrors(adding.error)['id']}
        onChange={(event) => setPerson(event.target.value)}
      />
      <FormError error={adding.error} shown={['id']} />
      <div>
        <Button
          type="submit"
          look="primary"
          disabled={!isOnline || person.trim() === ''}
          isBusy={adding.isPending}
        >
          {text.add}
        </Button>
      </div>
    </form>
  );
}

/** `+15550100001` for a number's id; another id stays what it is. */
const nameOf = (id: string): string => id.replace(/^(\d+)@c\.us$/, '+$1');
