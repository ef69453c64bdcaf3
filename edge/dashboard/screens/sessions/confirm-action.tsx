import type { UseMutationResult } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Input } from '../../components/field.tsx';
import { ErrorNote } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { type Action, CANNOT_BE_UNDONE } from './actions.ts';
import type { Session } from './session.ts';

/** Says what an action does to the link and to queued messages, before it is done. */
export function ConfirmAction({
  action,
  session,
  acting,
  onClose,
}: {
  action: Action;
  session: Session;
  acting: UseMutationResult<boolean, Error, Action>;
  onClose: () => void;
}): ReactElement {
  const [typed, setTyped] = useState('');
  const isFinal = CANNOT_BE_UNDONE.includes(action);
  const { link, queue } = t.sessions.consequences[action];
  const word = t.sessions.actions[action];
  return (
    <Dialog title={`${word}: ${session.name}`} onClose={onClose}>
      <ul className="grid list-disc gap-2 pl-5">
        <li>{link}</li>
        <li>{queue}</li>
      </ul>
      {isFinal && (
        <Input
          label={t.sessions.actions.typeName(session.name)}
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      )}
      {acting.error !== null && <ErrorNote error={acting.error} />}
      {acting.data === false && (
        <p role="alert" className="rounded-md bg-wait-soft px-4 py-3 text-wait">
          {t.sessions.actions.advice}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>
          {acting.data === false ? t.common.close : t.common.cancel}
        </Button>
        {acting.data !== false && (
          <Button
            look={isFinal || action === 'logout' ? 'danger' : 'primary'}
            disabled={isFinal && typed.trim() !== session.name}
            isBusy={acting.isPending}
            onClick={() => acting.mutate(action)}
          >
            {word}
          </Button>
        )}
      </div>
    </Dialog>
  );
}
