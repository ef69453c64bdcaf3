import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, type ReactNode, useState } from 'react';
import { api, ask, type Schemas } from '../../api/client.ts';
import { errorWithin, fieldErrors } from '../../api/errors.ts';
import { meQuery, roleOf } from '../../api/me.ts';
import { allSessionsQuery } from '../../api/sessions.ts';
import { Checkbox, Input, Select } from '../../components/field.tsx';
import { Card } from '../../components/page.tsx';
import { SaveBar } from '../../components/save-bar.tsx';
import { FormError } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { bodyOf, type Draft, draftOf } from './draft.ts';

const text = t.settings.workspace;
const SHOWN = [
  'name',
  'timeZone',
  'defaultCountry',
  'defaultSessionId',
  'region',
  'pacing',
  'mediaRetentionHours',
  'contentRetentionDays',
  'cleanupTime',
  'stopWords',
];

/** What of the draft is written in a line. */
type Line = Exclude<keyof Draft, 'captureLeads' | 'defaultSessionId'>;

export function WorkspaceForm({ workspace }: { workspace: Schemas['Workspace'] }): ReactElement {
  const { data: me } = useQuery(meQuery);
  const { data: sessions = [] } = useQuery(allSessionsQuery);
  const [draft, setDraft] = useState(() => draftOf(workspace));
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: () => ask(api.PATCH('/v1/workspace', { body: bodyOf(draft) })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['workspace'] });
      await client.invalidateQueries({ queryKey: ['me'] });
      await client.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  const isOwner = me !== undefined && roleOf(me) === 'owner';
  const fields = fieldErrors(saving.error);
  const set = (change: Partial<Draft>): void => setDraft({ ...draft, ...change });
  const input = (name: Line, field: string = name) => ({
    value: draft[name],
    error: errorWithin(fields, field),
    disabled: !isOwner,
    autoComplete: 'off',
    onChange: (event: { target: { value: string } }) => set({ [name]: event.target.value }),
  });
  const numeric = { inputMode: 'numeric' } as const;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    saving.mutate();
  };
  return (
    <Card title={t.settings.title}>
      <form onSubmit={submit} noValidate className="grid max-w-lg gap-5">
        <Input label={text.name} {...input('name')} />
        <Input label={text.timeZone} hint={text.timeZoneHint} {...input('timeZone')} />
        <Group title={text.defaults}>
          <Select
            label={text.defaultSession}
            hint={text.defaultSessionHint}
            disabled={!isOwner}
            value={draft.defaultSessionId}
            error={fields['defaultSessionId']}
            onChange={(event) => set({ defaultSessionId: event.target.value })}
          >
            <option value="">{t.common.none}</option>
            {sessions.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
          <Input
            label={text.defaultCountry}
            hint={text.defaultCountryHint}
            {...input('defaultCountry')}
          />
          <Input label={text.region} hint={text.regionHint} {...input('region')} />
          <Input
            label={t.sessions.settings.interval}
            hint={text.pacingHint}
            {...numeric}
            {...input('minIntervalMs', 'pacing.minIntervalMs')}
          />
          <Input
            label={t.sessions.settings.jitter}
            {...numeric}
            {...input('jitterMs', 'pacing.jitterMs')}
          />
        </Group>
        <Group title={text.retention}>
          <Input label={text.mediaRetention} {...numeric} {...input('mediaRetentionHours')} />
          <Input
            label={text.contentRetention}
            hint={text.contentRetentionHint}
            {...numeric}
            {...input('contentRetentionDays')}
          />
          <Input
            label={text.cleanup}
            hint={text.cleanupHint}
            type="time"
            {...input('cleanupTime')}
          />
        </Group>
        <Group title={text.people}>
          <Input label={text.stopWords} hint={text.stopWordsHint} {...input('stopWords')} />
          <Checkbox
            label={text.captureLeads}
            hint={text.captureLeadsHint}
            checked={draft.captureLeads}
            disabled={!isOwner}
            onChange={(event) => set({ captureLeads: event.target.checked })}
          />
        </Group>
        <FormError error={saving.error} shown={SHOWN} />
        {!isOwner && <p className="text-muted">{t.settings.ownersOnly}</p>}
        <SaveBar label={text.save} saving={saving} disabled={!isOwner} />
      </form>
    </Card>
  );
}

const Group = ({ title, children }: { title: string; children: ReactNode }): ReactElement => (
  <fieldset className="grid gap-5 border-t pt-4">
    <legend className="float-left mb-2 w-full font-semibold">{title}</legend>
    {children}
  </fieldset>
);
