import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { api, ask, type Schemas } from '../../api/client.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { Menu, MenuItem } from '../../components/menu.tsx';
import { ErrorNote } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { EditKey } from './create.tsx';
import type { ApiKey } from './key.ts';

const text = t.keys;

export function KeyMenu({
  apiKey,
  onShow,
}: {
  apiKey: ApiKey;
  onShow: (key: Schemas['NewApiKey']) => void;
}): ReactElement {
  const [asked, setAsked] = useState<'edit' | 'rotate' | 'revoke' | null>(null);
  const client = useQueryClient();
  const params = { params: { path: { id: apiKey.id } } };
  const onSuccess = async (): Promise<void> => {
    setAsked(null);
    await client.invalidateQueries({ queryKey: ['keys'] });
  };
  const pausing = useMutation({
    mutationFn: () =>
      ask(api.PATCH('/v1/keys/{id}', { ...params, body: { isActive: !apiKey.isActive } })),
    onSuccess,
  });
  const revoking = useMutation({
    mutationFn: () => ask(api.DELETE('/v1/keys/{id}', params)),
    onSuccess,
  });
  const rotating = useMutation({
    mutationFn: () => ask(api.POST('/v1/keys/{id}/rotate', params)),
    onSuccess: async (made) => {
      onShow(made);
      await onSuccess();
    },
  });
  const acting = asked === 'rotate' ? rotating : revoking;
  return (
    <>
      <Menu
        trigger={
          <IconButton label={t.common.actions(apiKey.name)}>
            <Icon name="more" />
          </IconButton>
        }
      >
        <MenuItem onSelect={() => setAsked('edit')}>{text.actions.edit}</MenuItem>
        <MenuItem onSelect={() => pausing.mutate()}>
          {apiKey.isActive ? text.actions.pause : text.actions.resume}
        </MenuItem>
        <MenuItem onSelect={() => setAsked('rotate')}>{text.actions.rotate}</MenuItem>
        <MenuItem isDanger onSelect={() => setAsked('revoke')}>
          {text.actions.revoke}
        </MenuItem>
      </Menu>
      {asked === 'edit' && <EditKey apiKey={apiKey} onClose={() => setAsked(null)} />}
      {(asked === 'rotate' || asked === 'revoke') && (
        <Dialog title={`${text.actions[asked]}: ${apiKey.name}`} onClose={() => setAsked(null)}>
          <p>{text.confirm[asked]}</p>
          {acting.error !== null && <ErrorNote error={acting.error} />}
          <div className="flex justify-end gap-2">
            <Button onClick={() => setAsked(null)}>{t.common.cancel}</Button>
            <Button
              look={asked === 'revoke' ? 'danger' : 'primary'}
              isBusy={acting.isPending}
              onClick={() => acting.mutate()}
            >
              {text.actions[asked]}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
