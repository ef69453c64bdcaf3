import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { EXAMPLE_FILES } from '../../shared/catalogue/kinds/example-files.ts';
import { evolutionNode, type Exchange } from '../evolution-node/evolution-node.ts';
import { jsonIn } from '../testing/answers.ts';
import type { Deployment } from '../testing/deployment.ts';
import { PIXEL } from '../testing/sample-files.ts';
import { MessageView, onlineSession } from '../testing/session.ts';
import { until } from '../testing/until.ts';

const ADA = '15550100001';
const NEW = { instanceName: 'evolution-node-new' };
const to = { remoteJid: ADA };

type Given = Record<string, unknown>;
/** What the operations before have made. */
type Known = { messageId: string; fileId: string; groupJid: string; inviteCode: string };
/** Resource and operation of the node, what it is given, and the status of the answer. */
type Step = readonly [string, string, Given | ((known: Known) => Given), number];

const message = ({ messageId }: Known) => ({ ...to, messageId, fromMe: true });
const group = ({ groupJid }: Known) => ({ groupJid });

/** The node offers it, and has no code for it under this name. */
const BROKEN = 'integrations-api flowiseBot';

/** In the order that somebody would do it in. */
const STEPS: readonly Step[] = [
  ['instances-api', 'instance-basic', NEW, 201],
  ['instances-api', 'instance-connect', NEW, 200],
  ['instances-api', 'logout-instance', NEW, 200],
  ['instances-api', 'delete-instance', NEW, 200],
  ['instances-api', 'fetch-instances', {}, 200],
  ['instances-api', 'instance-settings', { rejectCall: true }, 201],
  ['instances-api', 'set-presence', {}, 501],
  ['instances-api', 'set-proxy', { resourceForProxy: 'findProxy' }, 200],
  ['messages-api', 'send-text', { ...to, messageText: 'Hello' }, 201],
  ['messages-api', 'send-image', { ...to, media: EXAMPLE_FILES.picture }, 201],
  ['messages-api', 'send-video', { ...to, media: EXAMPLE_FILES.clip }, 201],
  ['messages-api', 'send-audio', { ...to, media: EXAMPLE_FILES.speech }, 201],
  ['messages-api', 'send-document', { ...to, media: EXAMPLE_FILES.text, fileName: 'a.txt' }, 201],
  [
    'messages-api',
    'send-poll',
    {
      ...to,
      caption: 'Lunch?',
      options_display: { metadataValues: [{ optionValue: 'Pizza' }, { optionValue: 'Salad' }] },
    },
    201,
  ],
  [
    'messages-api',
    'send-contact',
    { ...to, contacts: { contactValues: [{ fullName: 'Ada', wuid: ADA, phoneNumber: ADA }] } },
    201,
  ],
  [
    'messages-api',
    'send-list',
    {
      ...to,
      sections: {
        sectionValues: [{ title: 'A', rows: { rowValues: [{ title: 'B', rowId: '1' }] } }],
      },
    },
    501,
  ],
  [
    'messages-api',
    'send-buttons',
    { ...to, buttons: { buttonValues: [{ type: 'reply', displayText: 'Yes', id: '1' }] } },
    501,
  ],
  ['messages-api', 'send-pix', { ...to, name: 'Ada', key: 'ada@example.com' }, 501],
  ['messages-api', 'send-stories', { content: 'Open on Sunday', allContacts: true }, 201],
  ['messages-api', 'send-reaction', message, 201],
  ['chat-api', 'check-number', { numbers: `${ADA}, 15550100002` }, 200],
  ['chat-api', 'read-messages', to, 201],
  ['chat-api', 'manage-archive', { chat: ADA, archive: false }, 201],
  ['chat-api', 'mark-unread', { chat: ADA }, 201],
  ['chat-api', 'fetch-profile-picture', { number: ADA }, 200],
  ['chat-api', 'get-media-base64', ({ fileId }) => ({ messageId: fileId }), 201],
  ['chat-api', 'update-message', (known) => ({ ...message(known), text: 'Hello again' }), 200],
  ['chat-api', 'delete-message', message, 201],
  ['chat-api', 'send-presence', to, 201],
  ['chat-api', 'block-contact', { ...to, status: 'unblock' }, 201],
  ['chat-api', 'find-contacts', {}, 200],
  ['chat-api', 'find-messages', to, 200],
  ['chat-api', 'find-status-messages', to, 200],
  ['chat-api', 'find-chats', to, 200],
  ['groups-api', 'create-group', { subject: 'Readers', participants: ADA }, 201],
  ['groups-api', 'update-group-picture', (known) => ({ ...group(known), image: PIXEL }), 201],
  ['groups-api', 'update-group-name', (known) => ({ ...group(known), subject: 'Club' }), 201],
  [
    'groups-api',
    'update-group-description',
    (known) => ({ ...group(known), description: 'x' }),
    201,
  ],
  ['groups-api', 'update-settings', group, 201],
  ['groups-api', 'update-participants', (known) => ({ ...group(known), participants: ADA }), 201],
  ['groups-api', 'fetch-invite-code', group, 200],
  ['groups-api', 'send-invite-link', (known) => ({ ...group(known), numbers: ADA }), 200],
  ['groups-api', 'fetch-groups', ({ inviteCode }) => ({ inviteCode }), 200],
  ['groups-api', 'find-participants', group, 200],
  ['groups-api', 'toggle-ephemeral', group, 501],
  ['groups-api', 'join-group', ({ inviteCode }) => ({ inviteCode }), 200],
  ['groups-api', 'revoke-invite-code', group, 201],
  ['groups-api', 'leave-group', group, 200],
  ['profile-api', 'fetch-profile', to, 200],
  ['profile-api', 'fetch-business-profile', to, 501],
  ['profile-api', 'update-profile-name', { name: 'Desk' }, 200],
  ['profile-api', 'update-profile-status', { status: 'At the desk' }, 200],
  ['profile-api', 'update-profile-picture', { picture: PIXEL }, 200],
  ['profile-api', 'remove-profile-picture', {}, 200],
  ['profile-api', 'fetch-privacy-settings', {}, 501],
  ['profile-api', 'update-privacy-settings', {}, 501],
  ['events-api', 'webhook', { webhookUrl: 'https://example.com/hook' }, 201],
  ['events-api', 'rabbitmq', {}, 501],
  ['integrations-api', 'chatwoot', {}, 501],
  ['integrations-api', 'evolution-bot', {}, 501],
  ['integrations-api', 'typebot', {}, 501],
  ['integrations-api', 'difyBot', {}, 501],
  ['instances-api', 'restart-instance', {}, 200],
];

const Listed = z.object({
  data: z.array(z.looseObject({ wireId: z.string().nullable(), mediaId: z.string().nullable() })),
});
const Group = z.looseObject({ id: z.string() });
const Invite = z.looseObject({ inviteCode: z.string() });

/** The n8n node of Evolution, unmodified: each of its operations. */
export function evolutionNodeOperations(running: () => Deployment): void {
  const known: Known = { messageId: '', fileId: '', groupJid: '', inviteCode: '' };
  let node: Awaited<ReturnType<typeof evolutionNode>>;
  beforeAll(async () => {
    const { api } = running();
    const { id } = await onlineSession(running(), 'evolution-node');
    const { apiUrl } = await running().facts();
    const body = { name: 'n8n', mode: 'test', scopes: ['*'], perMinute: 1_000 };
    const made = jsonIn(await api.call('POST', '/v1/keys', { body }), 201);
    const { key } = z.object({ data: z.looseObject({ key: z.string() }) }).parse(made).data;
    node = await evolutionNode({ url: `${new URL(apiUrl).origin}/compat/evolution`, apiKey: key });
    const said = { sessionId: id, to: ADA, text: 'Before' };
    const options = { body: said, headers: { prefer: 'wait=60' } };
    const sent = jsonIn(await api.call('POST', '/v1/messages/text', options));
    known.messageId = z.object({ data: MessageView }).parse(sent).data.wireId ?? '';
    await api.call('POST', `/v1/sessions/${id}/sandbox/messages`, {
      body: { from: `+${ADA}`, type: 'image', media: { base64: PIXEL, mimetype: 'image/png' } },
    });
    known.fileId = await until('the picture', async () => {
      const list = jsonIn(await api.call('GET', `/v1/messages?sessionId=${id}&type=image`));
      return Listed.parse(list).data.find(({ mediaId }) => mediaId !== null)?.wireId ?? undefined;
    });
  }, 300_000);

  it('its table has each operation once', () => {
    const names = STEPS.map(([resource, operation]) => `${resource} ${operation}`);
    expect([...names, BROKEN].toSorted()).toEqual(node.operations.toSorted());
  });

  it.each(STEPS)('%s %s', async (resource, operation, given, status) => {
    const parameters = {
      resource,
      operation,
      instanceName: 'evolution-node',
      ...(typeof given === 'function' ? given(known) : given),
    };
    const [exchange, ...others] = await node.execute(parameters);
    expect(others).toEqual([]);
    expect(exchange, JSON.stringify(exchange)).toMatchObject({ status });
    remember(operation, exchange);
  });

  function remember(operation: string, exchange: Exchange | undefined): void {
    if (operation === 'create-group') known.groupJid = Group.parse(exchange?.answer).id;
    if (operation === 'fetch-invite-code')
      known.inviteCode = Invite.parse(exchange?.answer).inviteCode;
  }
}
