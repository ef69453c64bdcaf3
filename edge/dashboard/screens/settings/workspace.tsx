import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { api, ask, type Schemas } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { meQuery, roleOf } from '../../api/me.ts';
import { Copyable } from '../../components/copy.tsx';
import { Facts } from '../../components/facts.tsx';
import { Checkbox, Input } from '../../components/field.tsx';
import { Card } from '../../components/page.tsx';
import { SaveBar } from '../../components/save-bar.tsx';
import { ErrorNote, FormError, Loading } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';

const text = t.settings.workspace;

export function WorkspaceSettings(): ReactElement {
  const { data: workspace, error } = useQuery({
    queryKey: ['workspace'],
    queryFn: () => ask(api.GET('/v1/workspace')),
  });
  if (error !== null) return <ErrorNote error={error} />;
  if (workspace === undefined) return <Loading />;
  const { maxSessions } = workspace;
  const most = maxSessions === 'unlimited' ? text.unlimited : maxSessions.toLocaleString();
  return (
    <>
      <Card title={text.title}>
        <Facts
          facts={[
            [text.usage, text.used(workspace.sessionsUsed, most)],
            [text.tier, workspace.tier],
            [text.id, <Copyable key="id" text={workspace.id} label={t.common.copy(text.id)} />],
          ]}
        />
      </Card>
      <WorkspaceForm key={workspace.id} workspace={workspace} />
    </>
  );
}

function WorkspaceForm({ workspace }: { workspace: Schemas['Workspace'] }): ReactElement {
  const { data: me } = useQuery(meQuery);
  const [draft, setDraft] = useState(() => ({
    name: workspace.name,
    timeZone: workspace.timeZone,
    defaultCountry: workspace.defaultCountry ?? '',
    mediaRetentionHours: String(workspace.mediaRetentionHours),
    contentRetentionDays: String(workspace.contentRetentionDays),
    cleanupTime: workspace.cleanupTime,
    stopWords: workspace.stopWords.join(', '),
  }));
  const [captureLeads, setCaptureLeads] = useState(workspace.captureLeads);
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: () => {
      const { defaultCountry, mediaRetentionHours, contentRetentionDays, stopWords, ...rest } =
        draft;
      const body = {
        ...rest,
        ...(defaultCountry !== '' && { defaultCountry }),
        mediaRetentionHours: Number(mediaRetentionHours),
        contentRetentionDays: Number(contentRetentionDays),
        stopWords: stopWords
          .split(',')
          .map((word) => word.trim())
          .filter((word) => word !== ''),
        captureLeads,
      };
      return ask(api.PATCH('/v1/workspace', { body }));
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['workspace'] });
      await client.invalidateQueries({ queryKey: ['me'] });
    },
  });
  const isOwner = me !== undefined && roleOf(me) === 'owner';
  const fields = fieldErrors(saving.error);
  const input = (name: keyof typeof draft) => ({
    value: draft[name],
    error: fields[name],
    disabled: !isOwner,
    autoComplete: 'off',
    onChange: (event: { target: { value: string } }) =>
      setDraft({ ...draft, [name]: event.target.value }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    saving.mutate();
  };
  return (
    <Card title={t.settings.title}>
      <form onSubmit={submit} noValidate className="grid max-w-lg gap-5">
        <Input label={text.name} {...input('name')} />
        <Input label={text.timeZone} hint={text.timeZoneHint} {...input('timeZone')} />
        <Input
          label={text.defaultCountry}
          hint={text.defaultCountryHint}
          {...input('defaultCountry')}
        />
        <Input label={text.mediaRetention} inputMode="numeric" {...input('mediaRetentionHours')} />
        <Input
          label={text.contentRetention}
          hint={text.contentRetentionHint}
          inputMode="numeric"
          {...input('contentRetentionDays')}
        />
        <Input label={text.cleanup} hint={text.cleanupHint} type="time" {...input('cleanupTime')} />
        <Input label={text.stopWords} hint={text.stopWordsHint} {...input('stopWords')} />
        <Checkbox
          label={text.captureLeads}
          hint={text.captureLeadsHint}
          checked={captureLeads}
          disabled={!isOwner}
          onChange={(event) => setCaptureLeads(event.target.checked)}
        />
        <FormError error={saving.error} shown={Object.keys(draft)} />
        {!isOwner && <p className="text-muted">{t.settings.ownersOnly}</p>}
        <SaveBar label={text.save} saving={saving} disabled={!isOwner} />
      </form>
    </Card>
  );
}
