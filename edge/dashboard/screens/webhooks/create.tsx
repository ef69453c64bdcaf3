import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import { api, ask } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { FormDialog } from '../../components/form-dialog.tsx';
import { t } from '../../messages/en.ts';
import { bodyOf, draftOf, NEW } from './draft.ts';
import { SecretOnce } from './secret-once.tsx';
import { FORM_FIELDS, WebhookFields } from './webhook-form.tsx';
import type { Webhook } from './webhook.ts';

const text = t.webhooks.form;

export function CreateWebhook({ onClose }: { onClose: () => void }): ReactElement {
  const [draft, setDraft] = useState(NEW);
  const client = useQueryClient();
  const navigate = useNavigate();
  const creating = useMutation({
    mutationFn: () => ask(api.POST('/v1/webhooks', { body: bodyOf(draft) })),
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
  return (
    <FormDialog
      title={text.title}
      submit={text.submit}
      saving={creating}
      shown={FORM_FIELDS}
      onClose={onClose}
    >
      <WebhookFields draft={draft} errors={fieldErrors(creating.error)} onChange={setDraft} />
    </FormDialog>
  );
}

export function EditWebhook({
  webhook,
  onClose,
}: {
  webhook: Webhook;
  onClose: () => void;
}): ReactElement {
  const [draft, setDraft] = useState(() => draftOf(webhook));
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: () => {
      const params = { path: { id: webhook.id } };
      return ask(api.PATCH('/v1/webhooks/{id}', { params, body: bodyOf(draft) }));
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['webhooks'] });
      onClose();
    },
  });
  return (
    <FormDialog
      title={text.editTitle}
      submit={t.common.save}
      saving={saving}
      shown={FORM_FIELDS}
      onClose={onClose}
    >
      <WebhookFields draft={draft} errors={fieldErrors(saving.error)} onChange={setDraft} />
    </FormDialog>
  );
}
