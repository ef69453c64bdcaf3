import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { api, ask, type Schemas } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { Checkbox, Choice, Input } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { t } from '../../messages/en.ts';
import { type Scope, SCOPES } from './key.ts';

const text = t.keys.form;

export function CreateKey({
  onClose,
  onCreated,
}: {
  onClose: () => void;
  onCreated: (key: Schemas['NewApiKey']) => void;
}): ReactElement {
  const [name, setName] = useState('');
  const [mode, setMode] = useState<'live' | 'test'>('live');
  const [scopes, setScopes] = useState<readonly Scope[]>(['messages:send', 'messages:read']);
  const client = useQueryClient();
  const creating = useMutation({
    mutationFn: () => ask(api.POST('/v1/keys', { body: { name, mode, scopes: [...scopes] } })),
    onSuccess: async (made) => {
      onCreated(made);
      await client.invalidateQueries({ queryKey: ['keys'] });
    },
  });
  const fields = fieldErrors(creating.error);
  const toggle = (scope: Scope, isOn: boolean): void =>
    setScopes(isOn ? [...scopes, scope] : scopes.filter((one) => one !== scope));
  return (
    <FormDialog
      title={text.title}
      submit={text.submit}
      saving={creating}
      shown={['name', 'scopes']}
      onClose={onClose}
    >
      <Input
        label={text.name}
        hint={text.nameHint}
        autoComplete="off"
        required
        value={name}
        error={fields['name']}
        onChange={(event) => setName(event.target.value)}
      />
      <Choice
        legend={text.mode}
        options={(['live', 'test'] as const).map((value) => ({
          value,
          label: text[value],
          hint: text[`${value}Hint`],
        }))}
        value={mode}
        onChange={setMode}
      />
      <fieldset className="grid gap-3">
        <legend className="mb-2 text-sm font-medium">{text.scopes}</legend>
        {SCOPES.map((scope) => (
          <Checkbox
            key={scope}
            label={scope}
            hint={t.keys.scopes[scope]}
            checked={scopes.includes(scope)}
            onChange={(event) => toggle(scope, event.target.checked)}
          />
        ))}
        {fields['scopes'] !== undefined && (
          <p role="alert" className="text-sm text-bad">
            {fields['scopes']}
          </p>
        )}
      </fieldset>
    </FormDialog>
  );
}
