import { type ReactElement, useState } from 'react';
import { Page } from '../../components/page.tsx';
import { t } from '../../messages/en.ts';
import { KeyStep } from './key-step.tsx';
import { MessageStep } from './message-step.tsx';
import { SandboxStep } from './sandbox-step.tsx';
import { WebhookStep } from './webhook-step.tsx';

/** From an empty account to an integration that works: each step opens the next one. */
export function Welcome(): ReactElement {
  const [session, setSession] = useState<string>();
  const [isSent, setSent] = useState(false);
  return (
    <Page title={t.welcome.title} lead={t.welcome.lead}>
      <ol className="grid max-w-3xl gap-4">
        <SandboxStep onOnline={setSession} />
        <MessageStep session={session} onSent={() => setSent(true)} />
        <KeyStep session={session} isOpen={isSent} />
        <WebhookStep isOpen={isSent} />
      </ol>
    </Page>
  );
}
