import { EVENTS } from '../../shared/catalogue/events/index.ts';
import { newId } from '../../shared/ids.ts';
import type { Harness, TestUser } from './harness.ts';

/** Ids to put into an operation's path, query and body, by the kind of thing. */
export type Ids = Record<
  | 'session'
  | 'message'
  | 'bulk'
  | 'media'
  | 'upload'
  | 'webhook'
  | 'delivery'
  | 'key'
  | 'user'
  | 'invitation'
  | 'optOut'
  | 'lead'
  | 'erasure'
  | 'workspace'
  | 'other',
  string
>;

export const unknownIds = (): Ids => ({
  session: newId('session'),
  message: newId('message'),
  bulk: newId('bulk'),
  media: newId('media'),
  upload: newId('media'),
  webhook: newId('webhook'),
  delivery: newId('delivery'),
  key: newId('key'),
  user: newId('user'),
  invitation: newId('invitation'),
  optOut: newId('optOut'),
  lead: newId('lead'),
  erasure: newId('erasure'),
  workspace: newId('workspace'),
  other: newId('event'),
});

/** One thing of every kind in a user's workspace, all of a session that they created. */
export async function newThings(harness: Harness, { workspaceId, userId }: TestUser): Promise<Ids> {
  const session = await harness.newSession({ workspaceId, createdBy: userId });
  const message = newId('message');
  await harness.db.insert(harness.schema.messages).values({
    id: message,
    workspaceId,
    sessionId: session.id,
    direction: 'inbound',
    chatId: '15550100002@c.us',
    type: 'text',
    content: { text: 'private' },
    status: 'sent',
    statusRank: 4,
    wireId: newId('message').slice(-20).toUpperCase(),
  });
  const bulk = newId('bulk');
  await harness.db.insert(harness.schema.bulks).values({
    id: bulk,
    workspaceId,
    sessionId: session.id,
    type: 'text',
    recipients: 1,
    leftOut: [{ index: 0, to: 'private', reason: 'invalid', message: 'private' }],
  });
  const media = newId('media');
  await harness.db.insert(harness.schema.media).values({
    id: media,
    workspaceId,
    sessionId: session.id,
    objectKey: `${workspaceId}/media/${media}`,
    mimetype: 'image/png',
    sizeBytes: 1,
    sha256: '0',
  });
  const upload = newId('media');
  await harness.db.insert(harness.schema.mediaUploads).values({
    id: upload,
    workspaceId,
    objectKey: `${workspaceId}/uploads/${upload}`,
    sizeBytes: 1,
    expiresAt: new Date(Date.now() + 3_600_000),
  });
  const webhook = newId('webhook');
  await harness.db.insert(harness.schema.webhookEndpoints).values({
    id: webhook,
    workspaceId,
    url: 'https://example.com/private',
    secret: 'whsec_c2VjcmV0',
    eventTypes: ['*'],
    sessionIds: [session.id],
  });
  const delivery = newId('delivery');
  const seq = Math.floor(Math.random() * 1e12) + 1e6;
  await harness.db.insert(harness.schema.events).values({
    workspaceId,
    seq,
    id: newId('event'),
    sessionId: session.id,
    type: 'session.status',
    data: EVENTS['session.status'].example,
    occurredAt: new Date(),
  });
  await harness.db.insert(harness.schema.deliveries).values({
    id: delivery,
    workspaceId,
    endpointId: webhook,
    eventSeq: seq,
    eventName: 'session.status',
  });
  const { keyId: key } = await harness.newKey(workspaceId, { sessionId: session.id });
  const invitation = newId('invitation');
  await harness.db.insert(harness.schema.invitations).values({
    id: invitation,
    workspaceId,
    email: `${invitation}@example.com`,
    role: 'member',
    tokenSha256: invitation,
    expiresAt: new Date(Date.now() + 3_600_000),
  });
  const optOut = newId('optOut');
  await harness.db
    .insert(harness.schema.optOuts)
    .values({ id: optOut, workspaceId, personId: `${session.id}@lid`, source: 'api' });
  const lead = newId('lead');
  await harness.db
    .insert(harness.schema.leads)
    .values({ id: lead, workspaceId, personId: `${session.id}@lid`, source: 'api' });
  const erasure = newId('erasure');
  await harness.db
    .insert(harness.schema.erasures)
    .values({ id: erasure, workspaceId, contactHashes: ['hash'], status: 'done' });
  return {
    ...unknownIds(),
    optOut,
    lead,
    erasure,
    session: session.id,
    message,
    bulk,
    media,
    upload,
    webhook,
    delivery,
    key,
    user: userId,
    invitation,
    workspace: workspaceId,
  };
}
