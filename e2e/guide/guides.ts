import { z } from 'zod';
import type { Shell } from '../testing/programs/shell.ts';
import type { RealNames } from './real-names.ts';
import {
  becomes,
  type Cast,
  comesOnline,
  confirm,
  fileFromBob,
  invite,
  join,
  mailedToken,
  messageOf,
  showsCode,
} from './cast.ts';

/** Somebody who follows a guide. */
export type Reader = Cast & {
  shell: Shell;
  names: RealNames;
  /** The address of Ann, who signs up. */
  ann: string;
  /** An endpoint with failed deliveries. */
  endpointId: string;
};
type Act = (reader: Reader) => Promise<unknown>;

export type Guide = {
  file: string;
  /** What happens before a command with these words: what a person does, or waits for, and a guide says in a sentence. */
  before?: Readonly<Record<string, Act>>;
  /** Commands with these words that are refused here, and why. */
  refused?: Readonly<Record<string, { status: number; because: string }>>;
};

const session = async ({ deployment }: Cast, name: string) =>
  deployment.api.call('GET', `/v1/sessions/${name}`);

const isOnline =
  (name: string): Act =>
  (reader) =>
    comesOnline(reader, name);

/** The session of the guide, which shows a code. */
const hasCode =
  (name: string): Act =>
  async (reader) => {
    const made = await session(reader, name);
    if (made.status === 404)
      await reader.deployment.api.call('POST', '/v1/sessions', { body: { name, mode: 'sandbox' } });
    await showsCode(reader, name);
  };

/** Types the code on the phone. */
const typesCode: Act = async (reader) => {
  const { api } = reader.deployment;
  const phone = '+15550100001';
  const path = '/v1/sessions/sales';
  const answer = await api.call('POST', `${path}/pairing-code`, { body: { phone } });
  const { code: pairingCode } = answer.data(z.object({ code: z.string() }));
  await api.call('POST', `${path}/sandbox/scan`, { body: { phone, pairingCode } });
  await isOnline('sales')(reader);
};

/** Other guides send without naming a session. */
const defaultAgain: Act = ({ deployment, sessionId }) =>
  deployment.api.call('PATCH', `/v1/sessions/${sessionId}`, { body: { isDefault: true } });

const withoutSession =
  (name: string): Act =>
  ({ deployment }) =>
    deployment.api.call('DELETE', `/v1/sessions/${name}`);

const signsIn =
  (password: string): Act =>
  ({ shell, ann }) => {
    const body = JSON.stringify({ email: ann, password });
    const path = '"$URL/auth/sign-in/email"';
    return shell.run(`curl -s -c jar ${path} -H 'content-type: application/json' -d '${body}'`);
  };

/** Takes the token of a mail for the one that the guide leaves out. */
const takesToken =
  (tokenOf: (reader: Reader) => Promise<string>): Act =>
  async (reader) => {
    const token = await tokenOf(reader);
    reader.names.set('"token":"…"', `"token":"${token}"`);
    reader.names.set('"token": "…"', `"token": "${token}"`);
  };

const takesCursor: Act = async ({ deployment: { api }, names, endpointId }) => {
  const filters = 'status=failed&since=2026-11-21T00:00:00Z';
  const path = `/v1/webhooks/${endpointId}/deliveries?${filters}&limit=1`;
  const { text } = await api.call('GET', path);
  const Page = z.object({ meta: z.object({ nextCursor: z.string() }) });
  const { meta } = Page.parse(JSON.parse(text));
  names.set('cursor=…', `cursor=${encodeURIComponent(meta.nextCursor)}`);
};

const PROXY = 'there is none here, and a private address is refused';

/** The guides whose shell commands are run, in an order in which each finds the sessions that it names. */
export const GUIDES: readonly Guide[] = [
  { file: 'docs/quick-start.md', before: { '/support/qr': hasCode('support') } },
  {
    file: 'docs/sending.md',
    before: {
      '/msg_…/react': async (reader) => reader.names.set('msg_…', await messageOf(reader)),
      '/msg_…/cancel': async (reader) => reader.names.set('msg_…', await messageOf(reader, true)),
    },
  },
  {
    file: 'docs/media.md',
    before: { 'types=message.received': (reader) => fileFromBob(reader, 'ready') },
  },
  { file: 'docs/realtime.md' },
  { file: 'docs/logs-and-statistics.md' },
  { file: 'docs/webhooks.md', before: { 'cursor=…': takesCursor } },
  { file: 'docs/groups-and-chats.md' },
  {
    file: 'docs/sandbox.md',
    before: { '/trial/qr': hasCode('trial'), '/sandbox/messages': isOnline('trial') },
  },
  {
    file: 'docs/sessions.md',
    before: {
      '{"name":"support"}': withoutSession('support'),
      '/support/qr': hasCode('support'),
      '"includeStatus"': defaultAgain,
      '/sales/stop': typesCode,
      '/sales/start': (reader) => becomes(reader, 'sales', 'disconnected'),
      '/sales/restart': isOnline('sales'),
      "/sales/reconnect -d '{}'": isOnline('sales'),
      '# unlinks the phone at WhatsApp': isOnline('sales'),
      acceptNumber: hasCode('sales'),
      '# or refuse': hasCode('sales'),
    },
    refused: { '"proxy":{"url"': { status: 422, because: PROXY } },
  },
  { file: 'docs/security.md' },
  {
    file: 'docs/accounts.md',
    before: {
      '/auth/sign-in/email': ({ deployment, ann }) => confirm(deployment, ann),
      '/auth/change-password': signsIn('correct horse battery staple'),
      '/auth/reset-password': takesToken(({ deployment, ann }) =>
        mailedToken(deployment, ann, /password/i),
      ),
    },
    refused: { '/auth/sign-in/social': { status: 404, because: 'no Google client is set' } },
  },
  {
    file: 'docs/credentials.md',
    before: { 'curl -b jar "$URL/v1/sessions"': signsIn('another horse') },
    refused: { SUPABASE_ACCESS_TOKEN: { status: 401, because: 'no Supabase project is set' } },
  },
  {
    file: 'docs/workspaces.md',
    before: {
      '-X PATCH $URL/v1/workspace/members/$USER_ID': join,
      '/invitations/accept': takesToken((reader) => invite(reader, reader.ben, reader.admin)),
    },
  },
  { file: 'docs/n8n.md' },
  { file: 'docs/zapier.md' },
  { file: 'docs/make.md' },
];
