import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, type ReactElement, useState } from 'react';
import { api, ask } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Input, TextArea } from '../../components/field.tsx';
import { ErrorNote } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { SecretOnce } from './secret-once.tsx';

const text = t.webhooks.form;

export function CreateWebhook({ onClose }: { onClose: () => void }): ReactElement {
  const [url, setUrl] = useState('');
  const [description, setDescription] = useState('');
  const [events, setEvents] = useState('*');
  const client = useQueryClient();
  const navigate = useNavigate();
  const creating = useMutation({
    mutationFn: () => {
      const eventTypes = events.split(/[\s,]+/).filter((type) => type !== '');
      const body = { url, eventTypes, ...(description !== '' && { description }) };
      return ask(api.POST('/v1/webhooks', { body }));
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['webhooks'] }),
  });
  if (creating.data !== undefined) {
    const { id, secret } = creating.data;
    return (
      <SecretOnce
        secret={secret}
        onClose={() => void navigate({ to: '/webhooks/$webhookId', params: { webhookId: id } })}
      />
    );
  }
  const fields = fieldErrors(creating.error);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    creating.mutate();
  };
  return (
    <Dialog title={text.title} onClose={onClose}>
      <form onSubmit={submit} noValidate className="grid gap-5">
        <Input
          label={text.url}
          hint={text.urlHint}
          type="url"
          autoComplete="off"
          required
          value={url}
          error={fields['url']}
          onChange={(event) => setUrl(event.target.value)}
        />
        <TextArea
          label={text.events}
          hint={text.eventsHint}
          rows={3}
          value={events}
          error={fields['eventTypes'] ?? fields['eventTypes.0']}
          onChange={(event) => setEvents(event.target.value)}
        />
        <Input
          label={text.description}
          autoComplete="off"
          value={description}
          error={fields['description']}
          onChange={(event) => setDescription(event.target.value)}
        />
        {creating.error !== null && Object.keys(fields).length === 0 && (
          <ErrorNote error={creating.error} />
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" isBusy={creating.isPending}>
            {text.submit}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
