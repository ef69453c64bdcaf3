import { join } from 'node:path';
import type { Account } from './first-start.ts';
import { visitorLink } from '../visitors.ts';
import type { Stack } from './stack.ts';

/** What a person sees once everything runs, with a line that can be pasted. */
export function readyBlock(input: {
  stack: Pick<Stack, 'inspectorUrl' | 'mailUrl'>;
  /** Where people reach the API and the dashboard, without a slash at its end. */
  publicUrl: string;
  account: Account;
  directory: string;
  visitorSecret: string;
  /** Signs the local owner in once. null where the output may be kept by others, such as a system's journal: no secret is shown. */
  signInToken: string | null;
}): string {
  const { stack, publicUrl, account, directory, visitorSecret, signInToken } = input;
  const facts = join(directory, 'local.json');
  if (signInToken === null)
    return `
Waypost is ready.

  Dashboard          ${publicUrl}/
  API docs           ${publicUrl}/docs
  Webhook inspector  ${stack.inspectorUrl}/boxes/sandbox
  Mail outbox        ${stack.mailUrl}/
  Secrets            in ${facts}: apiKey, and visitorSecret for ?secret=… of inspector and outbox

Data and logs are in ${directory}. Ctrl-C stops everything.
`;
  const inspector = visitorLink(`${stack.inspectorUrl}/boxes/sandbox`, visitorSecret);
  const outbox = visitorLink(`${stack.mailUrl}/`, visitorSecret);
  return `
Waypost is ready.

  Dashboard          ${publicUrl}/sign-in/link#${signInToken}
                     (signs you in once, within an hour; afterwards ${publicUrl}/)
  API docs           ${publicUrl}/docs
  Webhook inspector  ${inspector}
  Mail outbox        ${outbox}
  API key            ${account.apiKey}
  Sandbox session    ${account.sessionId}

Send a message (it is answered, and the inspector shows every webhook):

  curl -X POST ${publicUrl}/v1/messages/text -H "authorization: Bearer ${account.apiKey}" -H "content-type: application/json" -H "prefer: wait=10" -d '{"to":"+15550100010","text":"Hello from Waypost"}'

Data and logs are in ${directory}. Ctrl-C stops everything.
`;
}
