import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { api, ask } from '../../api/client.ts';
import { EVENT_TYPES } from '../../api/event-types.ts';
import { Select } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { t } from '../../messages/en.ts';

const text = t.webhooks.test;
const PLAIN = 'webhook.test';

/** Sends a made-up event of any type; the log below shows how it was answered. */
export function TestEvent({
  id,
  onSent,
  onClose,
}: {
  id: string;
  onSent: (type: string) => void;
  onClose: () => void;
}): ReactElement {
  const [type, setType] = useState<string>(PLAIN);
  const client = useQueryClient();
  const testing = useMutation({
    mutationFn: () => {
      const body = type === PLAIN ? {} : { type };
      return ask(api.POST('/v1/webhooks/{id}/test', { params: { path: { id } }, body }));
    },
    onSuccess: async () => {
      onSent(type);
      await client.invalidateQueries({ queryKey: ['webhooks', id] });
    },
  });
  return (
    <FormDialog
      title={text.title}
      submit={text.submit}
      saving={testing}
      shown={[]}
      onClose={onClose}
    >
      <Select
        label={text.type}
        hint={text.typeHint}
        value={type}
        onChange={(event) => setType(event.target.value)}
      >
        {EVENT_TYPES.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </Select>
    </FormDialog>
  );
}
