import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import { api, ask } from '../../api/client.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { Menu, MenuItem } from '../../components/menu.tsx';
import { ErrorNote } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { EditWebhook } from './create.tsx';
import { SecretOnce } from './secret-once.tsx';
import { TestEvent } from './test-event.tsx';
import type { Webhook } from './webhook.ts';

const text = t.webhooks.detail;

export function WebhookActions({ webhook }: { webhook: Webhook }): ReactElement {
  const [asked, setAsked] = useState<'rotate' | 'delete' | 'test' | 'edit' | null>(null);
  const client = useQueryClient();
  const navigate = useNavigate();
  const params = { params: { path: { id: webhook.id } } };
  const refresh = () => client.invalidateQueries({ queryKey: ['webhooks'] });
  const [tested, setTested] = useState<string>();
  const switching = useMutation({
    mutationFn: () =>
      ask(api.PATCH('/v1/webhooks/{id}', { ...params, body: { isActive: !webhook.isActive } })),
    onSuccess: refresh,
  });
  const rotating = useMutation({
    mutationFn: () => ask(api.POST('/v1/webhooks/{id}/rotate-secret', params)),
    onSuccess: () => setAsked(null),
  });
  const deleting = useMutation({
    mutationFn: () => ask(api.DELETE('/v1/webhooks/{id}', params)),
    onSuccess: async () => {
      await navigate({ to: '/webhooks' });
      await refresh();
    },
  });
  const acting = asked === 'rotate' ? rotating : deleting;
  return (
    <>
      <span role="status" className="text-good">
        {tested === undefined ? '' : text.tested(tested)}
      </span>
      <Button look="primary" onClick={() => setAsked('test')}>
        {text.test}
      </Button>
      <Menu
        trigger={
          <IconButton label={t.common.actions(webhook.url)}>
            <Icon name="more" />
          </IconButton>
        }
      >
        <MenuItem onSelect={() => setAsked('edit')}>{text.edit}</MenuItem>
        <MenuItem onSelect={() => switching.mutate()}>
          {webhook.isActive ? text.switchOff : text.switchOn}
        </MenuItem>
        <MenuItem onSelect={() => setAsked('rotate')}>{text.rotate}</MenuItem>
        <MenuItem isDanger onSelect={() => setAsked('delete')}>
          {text.delete}
        </MenuItem>
      </Menu>
      {switching.error !== null && <ErrorNote error={switching.error} />}
      {asked === 'test' && (
        <TestEvent
          id={webhook.id}
          onClose={() => setAsked(null)}
          onSent={(type) => {
            setTested(type);
            setAsked(null);
          }}
        />
      )}
      {asked === 'edit' && <EditWebhook webhook={webhook} onClose={() => setAsked(null)} />}
      {(asked === 'rotate' || asked === 'delete') && (
        <Dialog title={text[asked]} onClose={() => setAsked(null)}>
          <p>{text[`${asked}Lead`]}</p>
          {acting.error !== null && <ErrorNote error={acting.error} />}
          <div className="flex justify-end gap-2">
            <Button onClick={() => setAsked(null)}>{t.common.cancel}</Button>
            <Button
              look={asked === 'delete' ? 'danger' : 'primary'}
              isBusy={acting.isPending}
              onClick={() => acting.mutate()}
            >
              {text[asked]}
            </Button>
          </div>
        </Dialog>
      )}
      {rotating.data !== undefined && (
        <SecretOnce
          secret={rotating.data.secret}
          previousUntil={rotating.data.previousSecretUntil}
          onClose={() => rotating.reset()}
        />
      )}
    </>
  );
}
