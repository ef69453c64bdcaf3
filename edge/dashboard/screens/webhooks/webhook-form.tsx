import { useState, type ReactElement } from 'react';
import { WILDCARDS } from '../../api/event-types.ts';
import { Button } from '../../components/button.tsx';
import { Checkbox, Input, TextArea } from '../../components/field.tsx';
import { t } from '../../messages/en.ts';
import type { Webhook } from './webhook.ts';

const text = t.webhooks.form;
export const FORM_FIELDS = ['url', 'eventTypes', 'eventTypes.0', 'description'];
const SUGGESTED = ['*', ...WILDCARDS];

export type Draft = { url: string; description: string; events: string; fifo: boolean };

const draftOf = (webhook?: Webhook): Draft => ({
  url: webhook?.url ?? '',
  description: webhook?.description ?? '',
  events: webhook?.eventTypes.join('\n') ?? '*',
  fifo: webhook?.fifo ?? false,
});

export const useDraft = (webhook?: Webhook) => useState(() => draftOf(webhook));

export const bodyOf = ({ url, description, events, fifo }: Draft) => ({
  url,
  fifo,
  eventTypes: events.split(/[\s,]+/).filter((type) => type !== ''),
  ...(description !== '' && { description }),
});

/** What can be chosen of a webhook: the same for a new one and one that is changed. */
export function WebhookFields({
  draft,
  errors,
  onChange,
}: {
  draft: Draft;
  errors: Readonly<Record<string, string>>;
  onChange: (draft: Draft) => void;
}): ReactElement {
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
        error={errors['eventTypes'] ?? errors['eventTypes.0']}
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
      <Checkbox
        label={text.fifo}
        hint={text.fifoHint}
        checked={draft.fifo}
        onChange={(event) => set({ fifo: event.target.checked })}
      />
    </>
  );
}

/** Everything replaces what was chosen; another type replaces everything. */
function withType(events: string, type: string): string {
  if (type === '*') return type;
  const chosen = events.split('\n').filter((line) => !['', '*', type].includes(line.trim()));
  return [...chosen, type].join('\n');
}
