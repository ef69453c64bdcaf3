import type { ReactElement } from 'react';
import { errorWithin } from '../../api/errors.ts';
import { Checkbox, Input, Select, TextArea } from '../../components/field.tsx';
import { useSession } from '../../components/session-select.tsx';
import { t } from '../../messages/en.ts';
import { type Draft, RETRIES } from './draft.ts';
import type { FieldsProps } from './webhook-form.tsx';

const text = t.webhooks.form;

/** Whose events are delivered, with which headers, and how often after a failure. */
export function DeliveryFields({ draft, errors, onChange }: FieldsProps): ReactElement {
  const set = (change: Partial<Draft>): void => onChange({ ...draft, ...change });
  return (
    <>
      <Sessions
        chosen={draft.sessions}
        error={errorWithin(errors, 'sessionIds')}
        onChoose={(sessions) => set({ sessions })}
      />
      <TextArea
        label={text.headers}
        hint={text.headersHint}
        rows={2}
        className="font-mono"
        value={draft.headers}
        error={errorWithin(errors, 'headers')}
        onChange={(event) => set({ headers: event.target.value })}
      />
      <Select
        label={text.retries}
        value={draft.retries}
        error={draft.retries === 'own' ? undefined : errorWithin(errors, 'retryDelays')}
        onChange={(event) => {
          const retries = RETRIES.find((one) => one === event.target.value);
          if (retries !== undefined) set({ retries });
        }}
      >
        {RETRIES.map((one) => (
          <option key={one} value={one}>
            {text.retriesAre[one]}
          </option>
        ))}
      </Select>
      {draft.retries === 'own' && (
        <Input
          label={text.delays}
          hint={text.delaysHint}
          autoComplete="off"
          value={draft.delays}
          error={errorWithin(errors, 'retryDelays')}
          onChange={(event) => set({ delays: event.target.value })}
        />
      )}
    </>
  );
}

function Sessions({
  chosen,
  error,
  onChoose,
}: {
  chosen: readonly string[];
  error: string | undefined;
  onChoose: (ids: readonly string[]) => void;
}): ReactElement {
  const { sessions: known } = useSession(undefined);
  const sessions = known ?? [];
  // Archived ones are not listed, and stay with an endpoint that has them.
  const others = chosen.filter((id) => !sessions.some((session) => session.id === id));
  const offered = [...sessions, ...others.map((id) => ({ id, name: id }))];
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 text-sm font-medium">{text.sessions}</legend>
      <div className="grid max-h-44 gap-2 overflow-y-auto rounded-md border px-3 py-2.5">
        {offered.map(({ id, name }) => (
          <Checkbox
            key={id}
            label={name}
            checked={chosen.includes(id)}
            onChange={(event) =>
              onChoose(event.target.checked ? [...chosen, id] : chosen.filter((one) => one !== id))
            }
          />
        ))}
        {offered.length === 0 && (
          <p className="text-muted">{known === undefined ? t.common.loading : t.sessions.empty}</p>
        )}
      </div>
      {error === undefined ? (
        <p className="text-sm text-muted">{text.sessionsHint}</p>
      ) : (
        <p role="alert" className="text-sm text-bad">
          {error}
        </p>
      )}
    </fieldset>
  );
}
