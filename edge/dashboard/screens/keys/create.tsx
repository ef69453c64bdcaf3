import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { api, ask, type Schemas } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Checkbox, Input } from '../../components/field.tsx';
import { ErrorNote } from '../../components/states.tsx';
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
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    creating.mutate();
  };
  const toggle = (scope: Scope, isOn: boolean): void =>
    setScopes(isOn ? [...scopes, scope] : scopes.filter((one) => one !== scope));
  return (
    <Dialog title={text.title} onClose={onClose}>
      <form onSubmit={submit} noValidate className="grid gap-5">
        <Input
          label={text.name}
          hint={text.nameHint}
          autoComplete="off"
          required
          value={name}
          error={fields['name']}
          onChange={(event) => setName(event.target.value)}
        />
        <fieldset className="grid gap-3">
          <legend className="mb-2 text-sm font-medium">{text.mode}</legend>
          {(['live', 'test'] as const).map((value) => (
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
