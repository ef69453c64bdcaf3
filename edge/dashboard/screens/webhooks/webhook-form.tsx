import type { ReactElement } from 'react';
import { WILDCARDS } from '../../api/event-types.ts';
import { errorWithin } from '../../api/errors.ts';
import { Button } from '../../components/button.tsx';
import { Checkbox, Input, TextArea } from '../../components/field.tsx';
import { t } from '../../messages/en.ts';
import { type Draft, withType } from './draft.ts';
import { DeliveryFields } from './delivery-fields.tsx';

const text = t.webhooks.form;
export const FORM_FIELDS = [
  'url',
  'eventTypes',
  'description',
  'sessionIds',
  'headers',
  'retryDelays',
  'includeCodes',
];
const SUGGESTED = ['*', ...WILDCARDS];

export type FieldsProps = {
  draft: Draft;
  errors: Readonly<Record<string, string>>;
  onChange: (draft: Draft) => void;
};

/** What can be chosen of a webhook: the same for a new one and one that is changed. */
export function WebhookFields(props: FieldsProps): ReactElement {
  const { draft, errors, onChange } = props;
  const set = (change: Partial<Draft>): void => onChange({ ...draft, ...change });
  return (
    <>
      <Input
        label={text.url}
        hint={text.urlHint}
        type="url"
        autoComplete="off"
        required
        value={draft.url}
        error={errors['url']}
        onChange={(event) => set({ url: event.target.value })}
      />
      <TextArea
        label={text.events}
        hint={text.eventsHint}
        rows={3}
        value={draft.events}
        error={errorWithin(errors, 'eventTypes')}
        onChange={(event) => set({ events: event.target.value })}
      />
      <div role="group" aria-label={text.suggested} className="-mt-3 flex flex-wrap gap-1">
        {SUGGESTED.map((type) => (
          <Button
            key={type}
            look="quiet"
            className="font-mono"
            onClick={() => set({ events: withType(draft.events, type) })}
          >
            {type}
          </Button>
        ))}
      </div>
      <Input
        label={text.description}
        autoComplete="off"
        value={draft.description}
        error={errors['description']}
        onChange={(event) => set({ description: event.target.value })}
      />
      <DeliveryFields {...props} />
      <Checkbox
        label={text.fifo}
        hint={text.fifoHint}
        checked={draft.fifo}
        onChange={(event) => set({ fifo: event.target.checked })}
      />
      <Checkbox
        label={text.codes}
        hint={text.codesHint}
        checked={draft.includeCodes}
        onChange={(event) => set({ includeCodes: event.target.checked })}
      />
    </>
  );
}
