import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { api, ask, type Schemas } from '../../api/client.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { Menu, MenuItem } from '../../components/menu.tsx';
import { ErrorNote } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';

const text = t.settings.members;

export function MemberMenu({ member }: { member: Schemas['Member'] }): ReactElement {
  const [isAsked, setAsked] = useState(false);
  const client = useQueryClient();
  const params = { params: { path: { id: member.id } } };
  const onSuccess = () => client.invalidateQueries({ queryKey: ['members'] });
  const changing = useMutation({
    mutationFn: (body: Schemas['UpdateMemberBody']) =>
      ask(api.PATCH('/v1/workspace/members/{id}', { ...params, body })),
    onSuccess,
  });
  const removing = useMutation({
    mutationFn: () => ask(api.DELETE('/v1/workspace/members/{id}', params)),
    onSuccess,
  });
  const isOwner = member.role === 'owner';
  return (
    <>
      <Menu
        trigger={
          <IconButton label={t.common.actions(member.name)}>
            <Icon name="more" />
          </IconButton>
        }
      >
        <MenuItem onSelect={() => changing.mutate({ role: isOwner ? 'member' : 'owner' })}>
          {isOwner ? text.makeMember : text.makeOwner}
        </MenuItem>
        {!isOwner && (
          <MenuItem onSelect={() => changing.mutate({ allSessions: !member.allSessions })}>
            {member.allSessions ? text.giveOwn : text.giveAll}
          </MenuItem>
        )}
        <MenuItem isDanger onSelect={() => setAsked(true)}>
          {text.remove}
        </MenuItem>
      </Menu>
      {changing.error !== null && (
        <Dialog title={member.name} onClose={() => changing.reset()}>
          <ErrorNote error={changing.error} message={changing.error.message} />
        </Dialog>
      )}
      {isAsked && (
        <Dialog title={text.removeTitle(member.name)} onClose={() => setAsked(false)}>
          <p>{text.removeLead}</p>
          {removing.error !== null && (
            <ErrorNote error={removing.error} message={removing.error.message} />
          )}
          <div className="flex justify-end gap-2">
            <Button onClick={() => setAsked(false)}>{t.common.cancel}</Button>
            <Button look="danger" isBusy={removing.isPending} onClick={() => removing.mutate()}>
              {text.remove}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
