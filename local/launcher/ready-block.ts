import type { Account } from './first-start.ts';
import type { Stack } from './stack.ts';

/** What a person sees once everything runs, with a line that can be pasted. */
export function readyBlock(stack: Stack, account: Account, directory: string): string {
  const inspector = `${stack.inspectorUrl}/boxes/sandbox`;
  return `
Waypost is ready.

  Dashboard          ${stack.apiUrl}/
  API docs           ${stack.apiUrl}/docs
  Webhook inspector  ${inspector}
  Mail outbox        ${stack.mailUrl}/
  API key            ${account.apiKey}
  Sandbox session    ${account.sessionId}

Send a message (it is answered, and the inspector shows every webhook):

  curl -X POST ${stack.apiUrl}/v1/messages/text -H "authorization: Bearer ${account.apiKey}" -H "content-type: application/json" -H "prefer: wait=10" -d '{"to":"+15550100010","text":"Hello from Waypost"}'

Data and logs are in ${directory}. Ctrl-C stops everything.
`;
}
