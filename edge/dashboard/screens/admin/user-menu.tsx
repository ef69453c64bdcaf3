import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { api, ask, type Schemas } from '../../api/client.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { Menu, MenuItem } from '../../components/menu.tsx';
import { ErrorNote } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';

const text = t.admin.people;
type Change = Schemas['UpdateUserBody'];

/** What takes or gives much is said before it is done. */
export function UserMenu({ user }: { user: Schemas['User'] }): ReactElement {
  const [asked, setAsked] = useState<{ change: Change; lead: string; word: string }>();
  const client = useQueryClient();
  const changing = useMutation({
    mutationFn: (body: Change) =>
      ask(api.PATCH('/v1/admin/users/{id}', { params: { path: { id: user.id } }, body })),
    onSuccess: async () => {
      setAsked(undefined);
      await client.invalidateQueries({ queryKey: ['admin', 'users'] });
    },
  });
  const isAdmin = user.role === 'admin';
  return (
    <>
      <Menu
        trigger={
          <IconButton label={t.common.actions(user.email)}>
            <Icon name="more" />
          </IconButton>
        }
      >
        <MenuItem
          onSelect={() =>
            isAdmin
              ? changing.mutate({ role: 'user' })
              : setAsked({
                  change: { role: 'admin' },
                  lead: text.confirmAdmin,
                  word: text.makeAdmin,
                })
          }
        >
          {isAdmin ? text.makeUser : text.makeAdmin}
        </MenuItem>
        <MenuItem
          isDanger={user.isActive}
          onSelect={() =>
            user.isActive
              ? setAsked({
                  change: { isActive: false },
                  lead: text.confirmDisable,
                  word: text.disable,
                })
              : changing.mutate({ isActive: true })
          }
        >
          {user.isActive ? text.disable : text.enable}
        </MenuItem>
      </Menu>
      {asked === undefined && changing.error !== null && (
        <Dialog title={user.name} onClose={() => changing.reset()}>
          <ErrorNote error={changing.error} message={changing.error.message} />
        </Dialog>
      )}
      {asked !== undefined && (
        <Dialog title={`${asked.word}: ${user.name}`} onClose={() => setAsked(undefined)}>
          <p>{asked.lead}</p>
          {changing.error !== null && (
            <ErrorNote error={changing.error} message={changing.error.message} />
          )}
          <div className="flex justify-end gap-2">
            <Button onClick={() => setAsked(undefined)}>{t.common.cancel}</Button>
            <Button
              look="danger"
              isBusy={changing.isPending}
              onClick={() => changing.mutate(asked.change)}
            >
              {asked.word}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
