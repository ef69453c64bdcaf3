import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, type ReactElement, useState } from 'react';
import { api, ask } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Checkbox, Input } from '../../components/field.tsx';
import { ErrorNote } from '../../components/states.tsx';
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
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    creating.mutate();
  };
  return (
    <Dialog title={text.title} onClose={onClose}>
      <form onSubmit={submit} noValidate className="grid gap-5">
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
        <fieldset className="grid gap-3">
          <legend className="mb-2 text-sm font-medium">{text.kind}</legend>
          {(['sandbox', 'live'] as const).map((value) => (
            <Checkbox
              key={value}
              type="radio"
              name="mode"
              label={text[value]}
              hint={text[`${value}Hint`]}
              checked={mode === value}
              onChange={() => setMode(value)}
            />
          ))}
        </fieldset>
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
