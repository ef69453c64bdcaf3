import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { linkMailedTo } from './testing/mail-client.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment({ environment: { BASE_URL: 'https://wa.example.com' } });
});
afterAll(() => deployment.dispose());

it('behind a proxy, mails name the public address and cookies require TLS', async () => {
  const { api } = deployment;
  const [email, password] = [`ann-${randomUUID()}@example.com`, `correct horse ${randomUUID()}`];
  const stranger = { key: null };
  const body = { name: 'Ann', email, password };
  await api.call('POST', '/auth/sign-up/email', { body, ...stranger });
  const facts = await deployment.facts();
  const { apiUrl } = facts;
  const link = await linkMailedTo(facts, email, /confirm/i);
  expect(link.origin).toBe('https://wa.example.com');

  // As the proxy would pass it on.
  await fetch(new URL(`${link.pathname}${link.search}`, apiUrl), { redirect: 'manual' });
  const entered = await api.call('POST', '/auth/sign-in/email', {
    body: { email, password },
    ...stranger,
  });
  expect(entered.status).toBe(200);
  expect(entered.headers.get('set-cookie')).toMatch(/^__Secure-.*; Secure/);
});

it('behind a proxy, the parts still reach each other over loopback', async () => {
  const { sessionId } = await deployment.facts();
  const body = { sessionId, to: '+15550100001', text: 'without the proxy' };
  const sent = await deployment.api.call('POST', '/v1/messages/text', { body });
  expect(sent.status).toBe(202);
  const told = await deployment.inspector.waitFor(
    'sandbox',
    'message.sent by a webhook that QStash drove',
    ({ event }) => event.type === 'message.sent',
  );
  expect(told.status).toBe(200);
});
