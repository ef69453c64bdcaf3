import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import { api, ask, type Schemas } from '../../api/client.ts';
import { errorWithin, fieldErrors } from '../../api/errors.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Input, TextArea } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { Status, type Tone } from '../../components/status.tsx';
import { t } from '../../messages/en.ts';
import { linesOf } from './lines.ts';

const text = t.people.create;
type Made = Schemas['GroupWithAdditions'];
type Result = Schemas['GroupAddition']['result'];

const TONES: Readonly<Record<Result, Tone>> = {
  added: 'good',
  already_member: 'good',
  invited: 'wait',
  not_on_whatsapp: 'bad',
  forbidden: 'bad',
};

export const NewGroup = ({ sessionId }: { sessionId: string }): ReactElement => (
  <Link
    to="/contacts"
    search={{ sessionId, tab: 'groups', create: true }}
    className={buttonClass('primary')}
  >
    <Icon name="plus" />
    {text.button}
  </Link>
);

export function CreateGroup({
  sessionId,
  onClose,
}: {
  sessionId: string;
  onClose: () => void;
}): ReactElement {
  const [subject, setSubject] = useState('');
  const [members, setMembers] = useState('');
  const client = useQueryClient();
  const creating = useMutation({
    mutationFn: () =>
      ask(api.POST('/v1/groups', { body: { sessionId, subject, members: linesOf(members) } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['groups', sessionId] }),
  });
  const fields = fieldErrors(creating.error);
  if (creating.data !== undefined)
    return <Outcome sessionId={sessionId} made={creating.data} onClose={onClose} />;
  return (
    <FormDialog
      title={text.title}
      submit={text.submit}
      saving={creating}
      shown={['subject', 'members']}
      onClose={onClose}
    >
      <Input
        label={text.subject}
        autoComplete="off"
        required
        value={subject}
        error={fields['subject']}
        onChange={(event) => setSubject(event.target.value)}
      />
      <TextArea
        label={text.members}
        hint={text.membersHint}
        required
        value={members}
        error={fields['members'] === undefined ? errorWithin(fields, 'members') : text.membersCount}
        onChange={(event) => setMembers(event.target.value)}
      />
    </FormDialog>
  );
}

/** What became of each person: WhatsApp does not add everybody. */
const Outcome = ({
  sessionId,
  made: { group, results },
  onClose,
}: {
  sessionId: string;
  made: Made;
  onClose: () => void;
}): ReactElement => (
  <Dialog title={text.done(group.subject)} onClose={onClose}>
    <ul className="divide-y border-y">
      {results.map(({ id, result }) => (
        <li key={id} className="flex min-h-10 items-center justify-between gap-4">
          <span className="min-w-0 truncate font-mono text-sm">{id}</span>
          <Status tone={TONES[result]} word={text.results[result]} />
        </li>
      ))}
    </ul>
    <div className="flex justify-end gap-2">
      <Button onClick={onClose}>{t.common.close}</Button>
      <Link
        to="/contacts"
        search={{ sessionId, tab: 'groups', group: group.id }}
        className={buttonClass('primary')}
      >
        {text.open}
      </Link>
    </div>
  </Dialog>
);
