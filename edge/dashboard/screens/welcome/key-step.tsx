import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { api, ask } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { CodeBlock } from '../../components/copy.tsx';
import { Snippets } from '../../components/show-call.tsx';
import { ErrorNote } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { RECIPIENT } from './message-step.tsx';
import { Step } from './step.tsx';

const text = t.welcome.key;

/** A key that may send and read, with the call that a program makes, ready to be pasted. */
export function KeyStep({
  session,
  isOpen,
}: {
  session: string | undefined;
  isOpen: boolean;
}): ReactElement {
  const client = useQueryClient();
  const creating = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/v1/keys', {
          body: { name: text.name, scopes: ['messages:send', 'messages:read'] },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ['keys'] }),
  });
  const made = creating.data;
  const body = { sessionId: session, to: RECIPIENT, text: t.welcome.message.text };
  return (
    <Step
      number={3}
      title={text.title}
      lead={text.lead}
      isOpen={isOpen}
      isDone={made !== undefined}
    >
      {creating.error !== null && <ErrorNote error={creating.error} />}
      {made === undefined ? (
        <div>
          <Button look="primary" isBusy={creating.isPending} onClick={() => creating.mutate()}>
            {text.button}
          </Button>
        </div>
      ) : (
        <>
          <CodeBlock label={text.label} code={made.key} />
          <Snippets apiKey={made.key} call={{ method: 'POST', path: '/v1/messages/text', body }} />
        </>
      )}
    </Step>
  );
}
