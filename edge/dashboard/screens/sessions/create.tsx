import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import { api, ask } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { Choice, Input } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { t } from '../../messages/en.ts';

const text = t.sessions.form;

export function CreateSession({ onClose }: { onClose: () => void }): ReactElement {
  const [name, setName] = useState('');
  const [mode, setMode] = useState<'sandbox' | 'live'>('sandbox');
  const client = useQueryClient();
  const navigate = useNavigate();
  const creating = useMutation({
    mutationFn: () => ask(api.POST('/v1/sessions', { body: { name, mode } })),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['sessions'] });
      await navigate({ to: '/sessions/$sessionId', params: { sessionId: id } });
    },
  });
  const fields = fieldErrors(creating.error);
  return (
    <FormDialog
      title={text.title}
      submit={text.submit}
      saving={creating}
      shown={['name']}
      onClose={onClose}
    >
      <Input
        label={text.name}
        hint={text.nameHint}
        name="name"
        required
        autoComplete="off"
        value={name}
        error={fields['name']}
        onChange={(event) => setName(event.target.value)}
      />
      <Choice
        legend={text.kind}
        options={(['sandbox', 'live'] as const).map((value) => ({
          value,
          label: text[value],
          hint: text[`${value}Hint`],
        }))}
        value={mode}
        onChange={setMode}
      />
    </FormDialog>
  );
}
