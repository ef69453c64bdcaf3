import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { api, ask } from '../../api/client.ts';
import { Input } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { localTime } from '../../components/local-time.ts';
import { count } from '../../components/numbers.ts';
import { t } from '../../messages/en.ts';

const text = t.webhooks.redeliver;
const DAY_MS = 86_400_000;

/** Delivers again: these, or all that failed since a time. Each request takes up 1,000; it is repeated until none is left. */
export function useRedeliver(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: { deliveryIds: string[] } | { failedSince: string }) => {
      let total = 0;
      for (;;) {
        const request = api.POST('/v1/webhooks/{id}/redeliver', { params: { path: { id } }, body });
        // Each request takes what the one before has left.
        // oxlint-disable-next-line no-await-in-loop
        const { redelivered, more } = await ask(request);
        total += redelivered;
        if (!more) return total;
      }
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['webhooks', id] }),
  });
}

export function RedeliverFailed({
  redelivering,
  onClose,
}: {
  redelivering: ReturnType<typeof useRedeliver>;
  onClose: () => void;
}): ReactElement {
  const [since, setSince] = useState(() => localTime(Date.now() - DAY_MS));
  const at = new Date(since);
  const isTime = !Number.isNaN(at.getTime());
  return (
    <FormDialog
      title={text.failedTitle}
      submit={text.submit}
      saving={{
        isPending: redelivering.isPending,
        error: redelivering.error,
        mutate: () => {
          if (isTime)
            redelivering.mutate({ failedSince: at.toISOString() }, { onSuccess: onClose });
        },
      }}
      shown={[]}
      onClose={onClose}
    >
      <Input
        label={text.since}
        hint={text.sinceHint}
        type="datetime-local"
        value={since}
        onChange={(event) => setSince(event.target.value)}
      />
    </FormDialog>
  );
}

export const redeliveredWords = (total: number): string => text.done(count(total), total);
