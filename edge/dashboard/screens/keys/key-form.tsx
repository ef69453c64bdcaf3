import type { ReactElement } from 'react';
import { errorWithin } from '../../api/errors.ts';
import { Checkbox, Choice, Input, Select, TextArea } from '../../components/field.tsx';
import { useSession } from '../../components/session-select.tsx';
import { t } from '../../messages/en.ts';
import type { Draft } from './draft.ts';
import { SCOPES } from './key.ts';

const text = t.keys.form;
const WORDS: Readonly<Record<string, string>> = t.keys.scopes;
const ALL = '*';
export const FORM_FIELDS = [
  'name',
  'scopes',
  'sessionId',
  'expiresAt',
  'allowedIps',
  'perMinute',
] as const;

type Props = {
  draft: Draft;
  errors: Readonly<Record<string, string>>;
  onChange: (draft: Draft) => void;
};

/** What can be chosen of a key. Its mode is chosen once, when it is made. */
export function KeyFields({
  isNew,
  ...props
}: Props & {
  isNew: boolean;
}): ReactElement {
  const { draft, errors, onChange } = props;
  const set = (change: Partial<Draft>): void => onChange({ ...draft, ...change });
  return (
    <>
      <Input
        label={text.name}
        hint={text.nameHint}
        autoComplete="off"
        required
        value={draft.name}
        error={errors['name']}
        onChange={(event) => set({ name: event.target.value })}
      />
      {isNew && (
        <Choice
          legend={text.mode}
          options={(['live', 'test'] as const).map((value) => ({
            value,
            label: text[value],
            hint: text[`${value}Hint`],
          }))}
          value={draft.mode}
          onChange={(mode) => set({ mode, sessionId: '' })}
        />
      )}
      <Scopes {...props} />
      <Limits {...props} />
    </>
  );
}

function Scopes({ draft, errors, onChange }: Props): ReactElement {
  const { scopes } = draft;
  const error = errorWithin(errors, 'scopes');
  // Wildcards of an area are not offered, and stay with a key that has them.
  const others = scopes.filter((scope) => scope !== ALL && !Object.hasOwn(WORDS, scope));
  const toggle = (scope: string, isOn: boolean): void =>
    onChange({
      ...draft,
      scopes: isOn ? [...scopes, scope] : scopes.filter((one) => one !== scope),
    });
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-2 text-sm font-medium">{text.scopes}</legend>
      {[ALL, ...SCOPES, ...others].map((scope) => (
        <Checkbox
          key={scope}
          label={scope}
          hint={scope === ALL ? text.all : WORDS[scope]}
          checked={scopes.includes(scope)}
          onChange={(event) => toggle(scope, event.target.checked)}
        />
      ))}
      {error !== undefined && (
        <p role="alert" className="text-sm text-bad">
          {error}
        </p>
      )}
    </fieldset>
  );
}

/** All of them narrow the key; left alone, none does. */
function Limits({ draft, errors, onChange }: Props): ReactElement {
  const { sessions = [] } = useSession(undefined);
  const set = (change: Partial<Draft>): void => onChange({ ...draft, ...change });
  const reachable = sessions.filter(({ mode }) => draft.mode === 'live' || mode === 'sandbox');
  return (
    <fieldset className="grid gap-5">
      <legend className="mb-2 text-sm font-medium">{text.limits}</legend>
      <Select
        label={text.session}
        value={draft.sessionId}
        error={errors['sessionId']}
        onChange={(event) => set({ sessionId: event.target.value })}
      >
        <option value="">{text.anySession}</option>
        {reachable.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <Input
        label={text.expires}
        hint={text.expiresHint}
        type="datetime-local"
        value={draft.expires}
        error={errors['expiresAt']}
        onChange={(event) => set({ expires: event.target.value })}
      />
      <TextArea
        label={text.addresses}
        hint={text.addressesHint}
        rows={2}
        value={draft.addresses}
        error={errorWithin(errors, 'allowedIps')}
        onChange={(event) => set({ addresses: event.target.value })}
      />
      <Input
        label={text.perMinute}
        hint={text.perMinuteHint}
        type="number"
        min={1}
        value={draft.perMinute}
        error={errors['perMinute']}
        onChange={(event) => set({ perMinute: event.target.value })}
      />
    </fieldset>
  );
}
