import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { api, ask } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { Checkbox, Input } from '../../components/field.tsx';
import { Card } from '../../components/page.tsx';
import { numberIn } from '../../components/numbers.ts';
import { SaveBar } from '../../components/save-bar.tsx';
import { FormError } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { PresenceSettings } from './presence-settings.tsx';
import { ProxySettings } from './proxy-settings.tsx';
import type { Session } from './session.ts';

const text = t.sessions.settings;
const SWITCHES = [
  ['isDefault', text.isDefaultHint],
  ['alwaysOnline', text.alwaysOnlineHint],
  ['includeStatus', text.nextStart],
  ['includeChannels', text.nextStart],
  ['rejectCalls', text.nextStart],
] as const;

type Written =
  | 'name'
  | 'minIntervalMs'
  | 'jitterMs'
  | 'firstContactsPerHour'
  | 'firstContactsPerDay'
  | 'region'
  | 'rejectCallText';

const numberOrNull = (written: string): number | null =>
  written.trim() === '' ? null : Number(written);

export const SessionSettings = ({ session }: { session: Session }): ReactElement => (
  <>
    <Behaviour session={session} />
    <PresenceSettings session={session} />
    <ProxySettings session={session} />
  </>
);

function Behaviour({ session }: { session: Session }): ReactElement {
  const [draft, setDraft] = useState(() => ({
    name: session.name,
    minIntervalMs: String(session.pacing.minIntervalMs),
    jitterMs: String(session.pacing.jitterMs),
    firstContactsPerHour: String(session.firstContactsPerHour ?? ''),
    firstContactsPerDay: String(session.firstContactsPerDay ?? ''),
    isDefault: session.isDefault,
    alwaysOnline: session.alwaysOnline,
    includeStatus: session.includeStatus,
    includeChannels: session.includeChannels,
    rejectCalls: session.rejectCalls,
    rejectCallText: session.rejectCallText ?? '',
    region: session.region ?? '',
  }));
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: () => {
      const { minIntervalMs, jitterMs, firstContactsPerHour, firstContactsPerDay, ...others } =
        draft;
      const { isDefault, rejectCallText, region, ...rest } = others;
      const pacing = { minIntervalMs: numberIn(minIntervalMs), jitterMs: numberIn(jitterMs) };
      // Only owners may choose the default: it is left out where it stays.
      const chosen = isDefault === session.isDefault ? {} : { isDefault };
      const limits = {
        firstContactsPerHour: numberOrNull(firstContactsPerHour),
        firstContactsPerDay: numberOrNull(firstContactsPerDay),
      };
      const words = {
        region: region.trim() === '' ? null : region.trim(),
        rejectCallText: rejectCallText.trim() === '' ? null : rejectCallText,
      };
      const body = { ...rest, ...chosen, ...limits, ...words, pacing };
      return ask(api.PATCH('/v1/sessions/{id}', { params: { path: { id: session.id } }, body }));
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['sessions'] }),
  });
  const fields = fieldErrors(saving.error);
  const input = (name: Written, field: string = name) => ({
    value: draft[name],
    error: fields[field],
    onChange: (event: { target: { value: string } }) =>
      setDraft({ ...draft, [name]: event.target.value }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    saving.mutate();
  };
  return (
    <Card title={text.title}>
      <form onSubmit={submit} noValidate className="grid max-w-lg gap-5">
        <Input label={text.name} autoComplete="off" {...input('name')} />
        <Input
          label={text.interval}
          hint={text.intervalHint}
          inputMode="numeric"
          {...input('minIntervalMs', 'pacing.minIntervalMs')}
        />
        <Input label={text.jitter} inputMode="numeric" {...input('jitterMs', 'pacing.jitterMs')} />
        <Input
          label={text.perHour}
          hint={text.firstContactsHint}
          inputMode="numeric"
          {...input('firstContactsPerHour')}
        />
        <Input label={text.perDay} inputMode="numeric" {...input('firstContactsPerDay')} />
        {SWITCHES.map(([name, hint]) => (
          <Checkbox
            key={name}
            label={text[name]}
            hint={hint}
            checked={draft[name]}
            onChange={(event) => setDraft({ ...draft, [name]: event.target.checked })}
          />
        ))}
        <Input
          label={text.rejectCallText}
          hint={text.rejectCallTextHint}
          autoComplete="off"
          {...input('rejectCallText')}
        />
        <Input label={text.region} hint={text.regionHint} autoComplete="off" {...input('region')} />
        <FormError
          error={saving.error}
          shown={[
            'name',
            'region',
            'rejectCallText',
            'pacing.minIntervalMs',
            'pacing.jitterMs',
            'firstContactsPerHour',
            'firstContactsPerDay',
          ]}
        />
        <SaveBar label={text.save} saving={saving} />
      </form>
    </Card>
  );
}
