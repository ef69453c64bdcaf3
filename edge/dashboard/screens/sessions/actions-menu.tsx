import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Menu, MenuItem } from '../../components/menu.tsx';
import { t } from '../../messages/en.ts';
import { act, type Action, actionsFor, ASKS_FIRST } from './actions.ts';
import { ConfirmAction } from './confirm-action.tsx';
import type { Session } from './session.ts';

/** Does what is chosen; what has consequences is explained first. */
function useActions(session: Session) {
  const [asked, setAsked] = useState<Action | null>(null);
  const client = useQueryClient();
  const navigate = useNavigate();
  const acting = useMutation({
    mutationFn: (action: Action) => act(action, session.id),
    onSuccess: async (isUnlinked, action) => {
      if (isUnlinked) setAsked(null);
      if (action === 'delete' && isUnlinked) await navigate({ to: '/sessions' });
      await client.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  const choose = (action: Action): void => {
    acting.reset();
    if (ASKS_FIRST.includes(action)) setAsked(action);
    else acting.mutate(action);
  };
  const dialog = asked !== null && (
    <ConfirmAction
      action={asked}
      session={session}
      acting={acting}
      onClose={() => setAsked(null)}
    />
  );
  return { choose, dialog, isPending: acting.isPending };
}

export function SessionMenu({ session }: { session: Session }): ReactElement {
  const { choose, dialog } = useActions(session);
  return (
    <>
      <Menu
        trigger={
          <IconButton label={t.common.actions(session.name)}>
            <Icon name="more" />
          </IconButton>
        }
      >
        {actionsFor(session).map((action) => (
          <MenuItem key={action} isDanger={action === 'delete'} onSelect={() => choose(action)}>
            {t.sessions.actions[action]}
          </MenuItem>
        ))}
      </Menu>
      {dialog}
    </>
  );
}

/** The first action as a button, the others behind it. */
export function SessionButtons({ session }: { session: Session }): ReactElement {
  const { choose, dialog, isPending } = useActions(session);
  const [first] = actionsFor(session);
  return (
    <>
      {first !== undefined && (
        <Button
          look={first === 'start' ? 'primary' : 'plain'}
          isBusy={isPending}
          onClick={() => choose(first)}
        >
          {t.sessions.actions[first]}
        </Button>
      )}
      <SessionMenu session={session} />
      {dialog}
    </>
  );
}
