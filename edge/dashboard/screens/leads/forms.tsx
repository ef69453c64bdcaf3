import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { api, ask } from '../../api/client.ts';
import { fieldErrors } from '../../api/errors.ts';
import { Button } from '../../components/button.tsx';
import { Input, Select, TextArea } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { ErrorNote } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { type Lead, LEAD_STATUSES, type LeadStatus } from './lead.ts';

const text = t.leads;
const SHOWN = ['person', 'name', 'notes'];
type Draft = { name: string; status: LeadStatus; notes: string };

/** Shown where the list is read anew once something has changed. */
function useLeads(onDone: () => void) {
  const client = useQueryClient();
  return async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: ['leads'] });
    onDone();
  };
}

export function CreateLead({ onClose }: { onClose: () => void }): ReactElement {
  const [person, setPerson] = useState('');
  const [draft, setDraft] = useState<Draft>({ name: '', status: 'new', notes: '' });
  const onSuccess = useLeads(onClose);
  const saving = useMutation({
    mutationFn: () => {
      const { name, notes, status } = draft;
      const rest = { ...(name !== '' && { name }), ...(notes !== '' && { notes }) };
      return ask(api.POST('/v1/leads', { body: { person, status, ...rest } }));
    },
    onSuccess,
  });
  const errors = fieldErrors(saving.error);
  return (
    <FormDialog
      title={text.create}
      submit={text.submit}
      saving={saving}
      shown={SHOWN}
      onClose={onClose}
    >
      <Input
        label={text.person}
        hint={text.personHint}
        inputMode="tel"
        autoComplete="off"
        required
        value={person}
        error={errors['person']}
        onChange={(event) => setPerson(event.target.value)}
      />
      <LeadFields draft={draft} errors={errors} onChange={setDraft} />
    </FormDialog>
  );
}

export function EditLead({ lead, onClose }: { lead: Lead; onClose: () => void }): ReactElement {
  const [draft, setDraft] = useState<Draft>({
    name: lead.name ?? '',
    status: lead.status,
    notes: lead.notes ?? '',
  });
  const onSuccess = useLeads(onClose);
  const params = { path: { id: lead.id } };
  const saving = useMutation({
    mutationFn: () => {
      const { name, notes, status } = draft;
      const body = { status, notes: notes === '' ? null : notes, ...(name !== '' && { name }) };
      return ask(api.PATCH('/v1/leads/{id}', { params, body }));
    },
    onSuccess,
  });
  const deleting = useMutation({
    mutationFn: () => ask(api.DELETE('/v1/leads/{id}', { params })),
    onSuccess,
  });
  const [isAsked, setAsked] = useState(false);
  return (
    <FormDialog
      title={text.editTitle}
      submit={t.common.save}
      saving={saving}
      shown={SHOWN}
      onClose={onClose}
    >
      <LeadFields draft={draft} errors={fieldErrors(saving.error)} onChange={setDraft} />
      {deleting.error !== null && <ErrorNote error={deleting.error} />}
      {isAsked ? (
        <div className="grid gap-2 rounded-md bg-bad-soft px-4 py-3">
          <p className="text-bad">{text.deleteLead}</p>
          <div>
            <Button look="danger" isBusy={deleting.isPending} onClick={() => deleting.mutate()}>
              {text.delete}
            </Button>
          </div>
        </div>
      ) : (
        <div>
          <Button look="quiet" onClick={() => setAsked(true)}>
            {text.delete}
          </Button>
        </div>
      )}
    </FormDialog>
  );
}

function LeadFields({
  draft,
  errors,
  onChange,
}: {
  draft: Draft;
  errors: Readonly<Record<string, string>>;
  onChange: (draft: Draft) => void;
}): ReactElement {
  return (
    <>
      <Input
        label={text.name}
        autoComplete="off"
        value={draft.name}
        error={errors['name']}
        onChange={(event) => onChange({ ...draft, name: event.target.value })}
      />
      <Select
        label={text.status}
        value={draft.status}
        onChange={(event) => {
          const status = LEAD_STATUSES.find((one) => one === event.target.value) ?? 'new';
          onChange({ ...draft, status });
        }}
      >
        {LEAD_STATUSES.map((one) => (
          <option key={one} value={one}>
            {text.statuses[one]}
          </option>
        ))}
      </Select>
      <TextArea
        label={text.notes}
        value={draft.notes}
        error={errors['notes']}
        onChange={(event) => onChange({ ...draft, notes: event.target.value })}
      />
    </>
  );
}
