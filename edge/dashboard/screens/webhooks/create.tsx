import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import { api, ask } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { Input, TextArea } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
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
  return (
    <FormDialog
      title={text.title}
      submit={text.submit}
      saving={creating}
      shown={['url', 'eventTypes', 'eventTypes.0', 'description']}
      onClose={onClose}
    >
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
    </FormDialog>
  );
}
