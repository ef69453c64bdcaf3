import { eq } from 'drizzle-orm';
import { EVENTS } from '../../shared/catalogue/events/index.ts';
import { newId } from '../../shared/ids.ts';
import { hashInvitationToken } from '../services/workspace/invitation-token.ts';
import type { Harness } from './harness.ts';
import { liveAnswers } from './live-session.ts';
import { fileOf } from './kind-files.ts';

/** A workspace with one of everything, for one write each. */
export async function newWorld(harness: Harness) {
  const owner = await harness.newUser({ isAdmin: true });
  const { workspaceId } = owner;
  const member = await harness.newUser({ workspaceId, role: 'member' });
  const guest = await harness.newUser();
  const key = await harness.newKey(workspaceId, { perMinute: 10_000 });
  const runner = harness.newRunner();
  const done = { body: { ok: true, result: { phoneNumber: '15550100001', wireId: '3A00' } } };
  const commands = ['scan', 'messages', 'acks', 'network', 'unlink'];
  const code = { code: SECRETS.pairing, expiresAt: Date.now() + 60_000 };
  await runner.script({
    ...liveAnswers(),
    ...Object.fromEntries(commands.map((name) => [`sandbox.${name}`, done])),
    restart: { body: { ok: true, result: {} } },
    reconnect: { body: { ok: true, result: {} } },
    pairingCode: { body: { ok: true, result: code } },
  });
  const session = await harness.newSession({ workspaceId, owner: runner.owner, isDefault: true });
  const unlinked = await harness.newSession({ workspaceId, owner: runner.owner, status: 'qr' });
  const resting = await harness.newSession({ workspaceId, status: 'disconnected' });
  const archived = await harness.newSession({ workspaceId, status: 'disconnected' });
  await harness.db
    .update(harness.schema.sessions)
    .set({ archivedAt: new Date() })
    .where(eq(harness.schema.sessions.id, archived.id));
  const { messages, webhookEndpoints, invitations } = harness.schema;
  const [message, waiting, webhook] = [newId('message'), newId('message'), newId('webhook')];
  await harness.db.insert(messages).values({
    id: message,
    workspaceId,
    sessionId: session.id,
    direction: 'inbound',
    chatId: '15550100002@c.us',
    type: 'text',
    content: { text: SECRETS.text },
    status: 'sent',
    statusRank: 4,
    wireId: '3A5F0C431C26A1916E07',
  });
  await harness.db.insert(messages).values({
    id: waiting,
    workspaceId,
    sessionId: session.id,
    direction: 'outbound',
    chatId: '15550100002@c.us',
    type: 'text',
    content: { text: SECRETS.text },
    status: 'queued',
    statusRank: 0,
  });
  const picture = newId('message');
  const mediaFailed = {
    mimetype: 'image/png',
    filename: null,
    sizeBytes: 1,
    mediaId: null,
    error: 'gone',
  };
  await harness.db.insert(messages).values({
    id: picture,
    workspaceId,
    sessionId: session.id,
    direction: 'inbound',
    chatId: '15550100002@c.us',
    type: 'image',
    content: { text: SECRETS.caption, media: mediaFailed },
    status: 'delivered',
    statusRank: 4,
    wireId: '3A5F0C431C26A1916E08',
  });
  await harness.db.insert(webhookEndpoints).values({
    id: webhook,
    workspaceId,
    url: `${harness.filesUrl}/hook`,
    secret: SECRETS.webhook,
    eventTypes: ['*'],
  });
  const bulk = newId('bulk');
  await harness.db.insert(harness.schema.bulks).values({
    id: bulk,
    workspaceId,
    sessionId: session.id,
    type: 'text',
    recipients: 0,
    leftOut: [],
  });
  const hook = newId('webhook');
  await harness.db.insert(webhookEndpoints).values({
    id: hook,
    workspaceId,
    url: `${harness.filesUrl}/hook`,
    secret: SECRETS.webhook,
    eventTypes: ['*'],
    hookKey: hook,
  });
  const delivery = newId('delivery');
  await harness.db.insert(harness.schema.events).values({
    workspaceId,
    seq: 1e9,
    id: newId('event'),
    type: 'webhook.test',
    data: EVENTS['webhook.test'].example,
    occurredAt: new Date(),
  });
  await harness.db.insert(harness.schema.deliveries).values({
    id: delivery,
    workspaceId,
    endpointId: webhook,
    eventSeq: 1e9,
    eventName: 'webhook.test',
    status: 'failed',
  });
  const lead = newId('lead');
  await harness.db
    .insert(harness.schema.leads)
    .values({ id: lead, workspaceId, personId: '15550100009@c.us', source: 'api' });
  const optOut = newId('optOut');
  await harness.db
    .insert(harness.schema.optOuts)
    .values({ id: optOut, workspaceId, personId: '15550100009@c.us', source: 'api' });
  const upload = newId('media');
  await harness.db.insert(harness.schema.media).values({
    id: upload,
    workspaceId,
    objectKey: `${workspaceId}/media/${upload}`,
    mimetype: 'application/pdf',
    sizeBytes: 8,
    sha256: '0',
    expiresAt: new Date(Date.now() + 86_400_000),
  });
  const begun = newId('media');
  const objectKey = `${workspaceId}/uploads/${begun}`;
  const expiresAt = new Date(Date.now() + 3_600_000);
  await harness.db
    .insert(harness.schema.mediaUploads)
    .values({ id: begun, workspaceId, objectKey, sizeBytes: 1, expiresAt });
  const object = harness
    .services()
    .objects.openPut(objectKey, 1, 'text/plain', AbortSignal.timeout(30_000));
  await object.write(Uint8Array.of(97));
  await object.close();
  const invite = async (email: string, token: string): Promise<string> => {
    const id = newId('invitation');
    const expiresAt = new Date(Date.now() + 86_400_000);
    const tokenSha256 = await hashInvitationToken(token);
    const row = { id, workspaceId, email, role: 'member' as const, tokenSha256, expiresAt };
    await harness.db.insert(invitations).values(row);
    return id;
  };
  const invitation = await invite(
    'someone@example.com',
    `${SECRETS.invitation}-1-${newId('event')}`,
  );
  const token = `${SECRETS.invitation}-${newId('event')}`;
  await invite(guest.email, token);
  const sessions = { session, unlinked, resting, archived };
  return {
    owner,
    member,
    guest,
    workspaceId,
    key,
    ...sessions,
    message,
    waiting,
    bulk,
    picture,
    upload,
    begun,
    webhook,
    hook,
    delivery,
    optOut,
    lead,
    invitation,
    token,
  };
}
export type World = Awaited<ReturnType<typeof newWorld>>;

/** Marks that must never be found in the log. */
export const SECRETS = {
  text: 'the-quick-brown-text',
  caption: 'the-lazy-dogs-caption',
  webhook: 'whsec_c2VjcmV0LW9mLWEtd2ViaG9vaw==',
  header: 'header-value-of-a-webhook',
  invitation: 'token-of-an-invitation',
  pairing: 'PAIRCODE',
  proxy: 'password-of-a-proxy',
};

const to = '+15550100001';
const { text } = SECRETS;

const group = '120363012345678901@g.us';
const channel = '120363099999999999@newsletter';
const members = [to];

/** One accepted call of each operation that changes something at WhatsApp and nothing here. */
export const LIVE_WRITES: Readonly<Record<string, Happy>> = {
  createGroup: { body: { subject: text, members } },
  previewGroup: { body: { invite: 'AbCdEfGhIjKlMnOpQrStUv' } },
  joinGroup: { body: { invite: 'AbCdEfGhIjKlMnOpQrStUv' } },
  updateGroup: { id: group, body: { subject: text } },
  addGroupMembers: { id: group, body: { members } },
  removeGroupMembers: { id: group, body: { members } },
  promoteGroupMembers: { id: group, body: { members } },
  demoteGroupMembers: { id: group, body: { members } },
  setGroupSettings: { id: group, body: { onlyAdminsSend: true } },
  setGroupPicture: { id: group, body: { base64: 'iVBORw0KGgo=' } },
  deleteGroupPicture: { id: group },
  revokeGroupInvite: { id: group },
  leaveGroup: { id: group },
  updateProfile: { body: { about: text } },
  setProfilePicture: { body: { base64: 'iVBORw0KGgo=' } },
  deleteProfilePicture: {},
  rejectCall: { id: '0D1F6C9A2B7E4853' },
  previewChannel: { body: { link: '0029VaAbCdEfGhIjKlMnOp' } },
  followChannel: { id: channel },
  unfollowChannel: { id: channel },
  postStatus: { body: { text } },
  deleteStatus: { id: '3EB0C431C26A1916E07A5D' },
  checkContacts: { body: { numbers: [to] } },
  blockContact: { id: to },
  unblockContact: { id: to },
  archiveChat: { id: to },
  pinChat: { id: to, body: { pinned: false } },
  muteChat: { id: to },
  markChatUnread: { id: to },
  markChatSeen: { id: to },
  showTyping: { id: to, body: { seconds: 5 } },
  showRecording: { id: to },
  setChatLabels: { id: to, body: { labelIds: ['1'] } },
  deleteChat: { id: to },
  answerGroupJoinRequests: { id: group, body: { members, approve: true } },
};

/** The same of each operation on a message, which may write what it knows into the message's row. */
export const MESSAGE_ACTIONS: Readonly<Record<string, Omit<Happy, 'id'>>> = {
  reactToMessage: { body: { emoji: '👍' } },
  editMessage: { body: { text } },
  deleteMessage: {},
  starMessage: {},
  pinMessage: { body: { duration: '24h' } },
  markMessageSeen: {},
};

export type Happy = { id?: string; body?: unknown; as?: string };

/** One accepted call of each operation that writes. A new one has to be added here, with its audit row. */
export const happyWrites = (
  harness: Harness,
): Readonly<Record<string, (world: World) => Happy>> => ({
  ...Object.fromEntries(Object.entries(LIVE_WRITES).map(([id, happy]) => [id, () => happy])),
  ...Object.fromEntries(
    Object.entries(MESSAGE_ACTIONS).map(([id, happy]) => [
      id,
      ({ message }: World) => ({ id: message, ...happy }),
    ]),
  ),
  sendText: () => ({ body: { to, text } }),
  sendLocation: () => ({ body: { to, latitude: 1.5, longitude: 2.5, name: text } }),
  sendContact: () => ({ body: { to, contacts: [{ name: text, phones: [to] }] } }),
  sendPoll: () => ({ body: { to, name: text, options: ['yes', 'no'] } }),
  sendImage: () => ({ body: { to, ...fileOf(harness, 'image'), caption: SECRETS.caption } }),
  sendVideo: () => ({ body: { to, ...fileOf(harness, 'video'), caption: SECRETS.caption } }),
  sendDocument: () => ({ body: { to, ...fileOf(harness, 'document'), caption: SECRETS.caption } }),
  sendAudio: () => ({ body: { to, ...fileOf(harness, 'audio') } }),
  sendVoice: () => ({ body: { to, ...fileOf(harness, 'voice') } }),
  sendSticker: () => ({ body: { to, ...fileOf(harness, 'sticker') } }),
  sendBulk: () => ({ body: { text, recipients: [{ to }] } }),
  cancelBulk: ({ bulk }) => ({ id: bulk }),
  uploadMedia: () => ({ body: text }),
  createUpload: () => ({ body: { sizeBytes: 1 } }),
  completeUpload: ({ begun }) => ({ id: begun }),
  deleteMedia: ({ upload }) => ({ id: upload }),
  replyMessage: ({ message }) => ({ id: message, body: { text } }),
  forwardMessage: ({ message }) => ({ id: message, body: { to } }),
  retryMedia: ({ picture }) => ({ id: picture }),
  cancelMessage: ({ waiting }) => ({ id: waiting }),
  subscribePresence: () => ({ id: to }),
  unsubscribePresence: () => ({ id: to }),
  createOptOut: () => ({ body: { person: to } }),
  createErasure: () => ({ body: { contact: '+15550109999' } }),
  deleteOptOut: ({ optOut }) => ({ id: optOut }),
  createLead: () => ({ body: { person: to } }),
  updateLead: ({ lead }) => ({ id: lead, body: { status: 'contacted' } }),
  deleteLead: ({ lead }) => ({ id: lead }),
  createSession: () => ({ body: { name: 'second', mode: 'sandbox' } }),
  startSession: ({ session }) => ({ id: session.id }),
  stopSession: ({ session }) => ({ id: session.id }),
  updateSession: ({ session }) => ({
    id: session.id,
    body: {
      isDefault: true,
      proxy: { url: 'http://8.8.8.8:3128', username: 'somebody', password: SECRETS.proxy },
    },
  }),
  restartSession: ({ session }) => ({ id: session.id }),
  reconnectSession: ({ session }) => ({ id: session.id, body: { acceptNumber: true } }),
  logoutSession: ({ resting }) => ({ id: resting.id }),
  requestPairingCode: ({ unlinked }) => ({ id: unlinked.id, body: { phone: to } }),
  archiveSession: ({ session }) => ({ id: session.id }),
  unarchiveSession: ({ archived }) => ({ id: archived.id }),
  deleteSession: ({ session }) => ({ id: session.id }),
  scanSandbox: ({ session }) => ({ id: session.id, body: { name: 'Ada' } }),
  receiveSandboxMessage: ({ session }) => ({ id: session.id, body: { from: to, text } }),
  setSandboxAcks: ({ session }) => ({ id: session.id, body: { delaysMs: [1, 2, -1] } }),
  setSandboxNetwork: ({ session }) => ({ id: session.id, body: { online: false, forMs: 50 } }),
  unlinkSandbox: ({ session }) => ({ id: session.id }),
  createWebhook: () => ({
    body: {
      url: `${harness.filesUrl}/hook`,
      eventTypes: ['*'],
      headers: { 'x-secret': SECRETS.header },
    },
  }),
  updateWebhook: ({ webhook }) => ({
    id: webhook,
    body: { headers: { 'x-secret': SECRETS.header } },
  }),
  testWebhook: ({ webhook }) => ({ id: webhook }),
  redeliver: ({ webhook, delivery }) => ({ id: webhook, body: { deliveryIds: [delivery] } }),
  redeliverOne: ({ delivery }) => ({ id: delivery }),
  rotateWebhookSecret: ({ webhook }) => ({ id: webhook, body: { overlapSeconds: 60 } }),
  createHook: () => ({ body: { url: `${harness.filesUrl}/hook`, eventTypes: ['*'] } }),
  deleteHook: ({ hook }) => ({ id: hook }),
  deleteWebhook: ({ webhook }) => ({ id: webhook }),
  createRealtimeToken: () => ({}),
  createKey: () => ({ body: { name: 'new', scopes: ['messages:send'] } }),
  updateKey: ({ key }) => ({ id: key.keyId, body: { name: 'renamed' } }),
  rotateKey: ({ key }) => ({ id: key.keyId, body: { overlapSeconds: 60 } }),
  deleteKey: ({ key }) => ({ id: key.keyId }),
  updateMe: ({ owner }) => ({ as: owner.token, body: { name: 'Somebody' } }),
  updateWorkspace: () => ({ body: { name: 'Some workspace' } }),
  updateMember: ({ owner, member }) => ({
    as: owner.token,
    id: member.userId,
    body: { allSessions: true },
  }),
  deleteMember: ({ owner, member }) => ({ as: owner.token, id: member.userId }),
  createInvitation: ({ owner }) => ({
    as: owner.token,
    body: { email: 'new@example.com', role: 'member' },
  }),
  deleteInvitation: ({ owner, invitation }) => ({ as: owner.token, id: invitation }),
  acceptInvitation: ({ guest, token }) => ({ as: guest.token, body: { token } }),
  createUser: ({ owner }) => ({
    as: owner.token,
    body: { email: `${newId('user')}@example.com`, name: 'Somebody' },
  }),
  updateUser: ({ owner, member }) => ({
    as: owner.token,
    id: member.userId,
    body: { isActive: false },
  }),
  updateAnyWorkspace: ({ owner, workspaceId }) => ({
    as: owner.token,
    id: workspaceId,
    body: { tier: 'pro' },
  }),
});
