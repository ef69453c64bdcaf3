import { z } from 'zod';
import { boxUrl } from '../inspector/box-url.ts';
import { seedWorkspace } from '../../migrations/seed.ts';
import { type Settings, saveSettings } from './settings.ts';
import type { Stack } from './stack.ts';

const ONLINE_WITHIN_MS = 60_000;
/** The key of whoever runs this machine: a limit that stops a runaway loop, and nothing less. */
const OWN_KEY_PER_MINUTE = 60_000;
const INSPECTOR_BOX = 'sandbox';

const Envelope = z.object({ data: z.unknown() });
const SessionView = z.object({ id: z.string(), status: z.string(), reason: z.string() });
const WebhookView = z.object({ id: z.string(), secret: z.string() });

export type Account = { workspaceId: string; apiKey: string; sessionId: string };

/**
 * Gives a new deployment something to try at once: a workspace with an API key, a sandbox session whose phone has scanned the
 * code, and a webhook to the inspector. Each step is saved as it is done; a later start only waits for the session.
 */
export async function prepareAccount(input: {
  directory: string;
  settings: Settings;
  stack: Stack;
  say: (text: string) => void;
}): Promise<Account> {
  const { directory, settings, stack, say } = input;
  const { account } = settings;

  if (account.workspaceId === undefined || account.apiKey === undefined) {
    const seeded = await seedWorkspace({
      connectionString: stack.databaseUrl,
      apiKeySigningKey: settings.secrets.apiKeySigningKey,
      name: 'My workspace',
      mode: 'live',
      tier: 'max',
      perMinute: OWN_KEY_PER_MINUTE,
    });
    Object.assign(account, seeded);
    await saveSettings(directory, settings);
    say('created a workspace and an API key');
  }
  const { workspaceId, apiKey } = z
    .object({ workspaceId: z.string(), apiKey: z.string() })
    .parse(account);
  const call = apiClient(stack.apiUrl, apiKey);

  const webhookUrl = boxUrl(stack.inspectorUrl, settings.secrets.visitorSecret, INSPECTOR_BOX);
  if (account.webhookId === undefined) {
    const webhook = WebhookView.parse(
      await call('POST', '/v1/webhooks', {
        url: webhookUrl,
        eventTypes: ['*'],
        description: 'The webhook inspector of this deployment',
      }),
    );
    const inspector = apiClient(stack.inspectorUrl, settings.secrets.visitorSecret);
    await inspector('PUT', `/api/boxes/${INSPECTOR_BOX}`, { secret: webhook.secret });
    Object.assign(account, { webhookId: webhook.id, webhookUrl });
    await saveSettings(directory, settings);
    say('pointed a webhook at the inspector');
  } else if (account.webhookUrl !== webhookUrl) {
    await call('PATCH', `/v1/webhooks/${account.webhookId}`, { url: webhookUrl }).catch(
      (error: unknown) => say(`the webhook to the inspector stays as it is: ${String(error)}`),
    );
    account.webhookUrl = webhookUrl;
    await saveSettings(directory, settings);
  }

  if (account.sessionId === undefined) {
    const session = SessionView.parse(
      await call('POST', '/v1/sessions', { name: 'sandbox', mode: 'sandbox' }),
    );
    account.sessionId = session.id;
    await saveSettings(directory, settings);
    say('created a sandbox session');
  }
  await bringOnline(call, account.sessionId, say);
  return { workspaceId, apiKey, sessionId: account.sessionId };
}

type Call = (method: string, path: string, body?: unknown) => Promise<unknown>;

function apiClient(apiUrl: string, apiKey: string): Call {
  return async (method, path, body) => {
    const response = await fetch(new URL(path, apiUrl), {
      method,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text === '' ? undefined : Envelope.parse(JSON.parse(text)).data;
  };
}

/** Waits until the session is online, and scans its code with the sandbox's phone when it shows one. */
async function bringOnline(
  call: Call,
  sessionId: string,
  say: (text: string) => void,
): Promise<void> {
  const deadline = Date.now() + ONLINE_WITHIN_MS;
  let scanned = false;
  for (;;) {
    const session = SessionView.parse(await call('GET', `/v1/sessions/${sessionId}`));
    if (session.status === 'online') return;
    if (session.status === 'qr' && !scanned) {
      await call('POST', `/v1/sessions/${sessionId}/sandbox/scan`, {});
      say('scanned its QR code with the sandbox phone');
      scanned = true;
    }
    if (Date.now() > deadline) {
      say(
        `the sandbox session is still ${session.status} (${session.reason}); it continues by itself`,
      );
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
