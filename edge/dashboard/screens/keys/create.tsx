import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { api, ask, type Schemas } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { FormDialog } from '../../components/form-dialog.tsx';
import { t } from '../../messages/en.ts';
import { bodyOf, changesOf, draftOf, NEW } from './draft.ts';
import type { ApiKey } from './key.ts';
import { FORM_FIELDS, KeyFields } from './key-form.tsx';

const text = t.keys.form;

export function CreateKey({
  onClose,
  onCreated,
}: {
  onClose: () => void;
  onCreated: (key: Schemas['NewApiKey']) => void;
}): ReactElement {
  const [draft, setDraft] = useState(NEW);
  const client = useQueryClient();
  const creating = useMutation({
    mutationFn: () => ask(api.POST('/v1/keys', { body: { ...bodyOf(draft), mode: draft.mode } })),
    onSuccess: async (made) => {
      onCreated(made);
      await client.invalidateQueries({ queryKey: ['keys'] });
    },
  });
  return (
    <FormDialog
      title={text.title}
      submit={text.submit}
      saving={creating}
      shown={FORM_FIELDS}
      onClose={onClose}
    >
      <KeyFields isNew draft={draft} errors={fieldErrors(creating.error)} onChange={setDraft} />
    </FormDialog>
  );
}

export function EditKey({
  apiKey,
  onClose,
}: {
  apiKey: ApiKey;
  onClose: () => void;
}): ReactElement {
  const [draft, setDraft] = useState(() => draftOf(apiKey));
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: () => {
      const params = { path: { id: apiKey.id } };
      return ask(api.PATCH('/v1/keys/{id}', { params, body: changesOf(apiKey, draft) }));
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['keys'] });
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
      <KeyFields
        isNew={false}
        draft={draft}
        errors={fieldErrors(saving.error)}
        onChange={setDraft}
      />
    </FormDialog>
  );
}
