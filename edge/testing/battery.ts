import { z } from 'zod';
import { EVENTS } from '../../shared/catalogue/events/index.ts';
import { newId } from '../../shared/ids.ts';
import type { Harness, TestRequest, TestUser } from './harness.ts';
import type { Document, ListedOperation } from './openapi.ts';

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

const KIND_OF_FOLDER: Readonly<Record<string, keyof Ids>> = {
  sessions: 'session',
  instances: 'session',
  disconnect: 'session',
  send: 'session',
  messages: 'message',
  bulk: 'bulk',
  media: 'media',
  uploads: 'upload',
  webhooks: 'webhook',
  hooks: 'webhook',
  deliveries: 'delivery',
  keys: 'key',
  members: 'user',
  users: 'user',
  invitations: 'invitation',
  'opt-outs': 'optOut',
  leads: 'lead',
  erasures: 'erasure',
  workspaces: 'workspace',
};

/** Folders whose ids are WhatsApp's, with one that passes: what they name is known to the session alone. */
const ON_WHATSAPP: Readonly<Record<string, string>> = {
  groups: '120363012345678901@g.us',
  contacts: '15550100002@c.us',
  presence: '15550100002@c.us',
  calls: '0D1F6C9A2B7E4853',
  status: '3EB0C431C26A1916E07A5D',
  channels: '120363099999999999@newsletter',
  chats: '15550100002@c.us',
};

/**
 * `defaultSessionId`, `sessionIds`, `quotedMessageId`, `instanceName`: the kind of thing that a field names; null for any
 * other field.
 */
function kindOfField(name: string): keyof Ids | null {
  if (name === 'instanceName') return 'session';
  const [, word = ''] = /([A-Za-z]+)Ids?$/.exec(name) ?? [];
  const kinds = [
    'session',
    'message',
    'bulk',
    'media',
    'webhook',
    'delivery',
    'key',
    'user',
    'workspace',
  ] as const;
  return kinds.find((kind) => word.toLowerCase().endsWith(kind)) ?? null;
}

const Schema = z.looseObject({
  $ref: z.string().optional(),
  type: z.unknown().optional(),
  format: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
});
const Parameters = z.array(z.looseObject({ in: z.string(), name: z.string() })).default([]);

export type IdPosition = { in: 'path' | 'query' | 'body'; name: string; kind: keyof Ids };

/** Every place of an operation that takes the id of a thing. */
export function idPositions(operation: ListedOperation, document: Document): IdPosition[] {
  const inPath = [...operation.path.matchAll(/\/([\w-]+)\/\{(\w+)\}/g)].flatMap(
    ([, folder = '', name = '']): IdPosition[] =>
      folder in ON_WHATSAPP ? [] : [{ in: 'path', name, kind: KIND_OF_FOLDER[folder] ?? 'other' }],
  );
  const named = (place: 'query' | 'body', names: string[]): IdPosition[] =>
    names.flatMap((name) => {
      const kind = kindOfField(name);
      return kind === null ? [] : [{ in: place, name, kind }];
    });
  const query = Parameters.parse(operation['parameters']).filter((one) => one.in === 'query');
  const body = operation.requestBody?.content?.['application/json']?.schema;
  return [
    ...inPath,
    ...named(
      'query',
      query.map(({ name }) => name),
    ),
    ...named('body', Object.keys(propertiesOf(body, document))),
  ];
}

export function propertiesOf(given: unknown, document: Document): Record<string, unknown> {
  if (given === undefined) return {};
  const schema = Schema.parse(given);
  const target = schema.$ref?.split('/').at(-1);
  if (target !== undefined) return propertiesOf(document.components.schemas[target], document);
  const { allOf = [], anyOf = [], oneOf = [] } = schema;
  const parts = [...allOf, ...anyOf, ...oneOf].map((part) => propertiesOf(part, document));
  return Object.assign({}, schema.properties, ...parts);
}

export type MomentPosition = { in: 'query' | 'body'; name: string };

/** Every place of an operation that takes a time. */
export function momentPositions(operation: ListedOperation, document: Document): MomentPosition[] {
  const isMoment = (schema: unknown) => Schema.safeParse(schema).data?.format === 'date-time';
  const query = Parameters.parse(operation['parameters']).filter(
    (one) => one.in === 'query' && isMoment(one['schema']),
  );
  const body = operation.requestBody?.content?.['application/json']?.schema;
  const fields = Object.entries(propertiesOf(body, document));
  return [
    ...query.map(({ name }): MomentPosition => ({ in: 'query', name })),
    ...fields.flatMap(([name, schema]): MomentPosition[] =>
      isMoment(schema) ? [{ in: 'body', name }] : [],
    ),
  ];
}

/** The place with the id in it: a list where it takes one. */
export function withId(position: IdPosition, ids: Ids): Extra {
  const id = ids[position.kind];
  return { in: position.in, name: position.name, value: position.name.endsWith('Ids') ? [id] : id };
}

/** The example body of an operation, so that a refusal is not for the body's sake. */
export const bodyOf = ({ requestBody }: ListedOperation): unknown =>
  requestBody?.content?.['application/json']?.example;

export type Extra = { in: 'path' | 'query' | 'body'; name: string; value: unknown };

/**
 * Calls an operation with its example body.
 * @param ids for its path
 * @param extra more positions, in query or body, and what stands there
 */
export function callOperation(
  harness: Harness,
  operation: ListedOperation,
  ids: Ids,
  options: TestRequest,
  ...extra: Extra[]
) {
  const path = operation.path.replaceAll(
    /\/([\w-]+)\/\{\w+\}/g,
    (_whole, folder: string) =>
      `/${folder}/${ON_WHATSAPP[folder] ?? ids[KIND_OF_FOLDER[folder] ?? 'other']}`,
  );
  const pairs = (place: Extra['in']) =>
    extra
      .filter((one) => one.in === place)
      .map(({ name, value }): [string, unknown] => [name, value]);
  const query = new URLSearchParams(pairs('query').map(([name, value]) => [name, String(value)]));
  const [example, inBody] = [bodyOf(operation), pairs('body')];
  const body = inBody.length > 0 ? { ...Object(example), ...Object.fromEntries(inBody) } : example;
  return harness.request(operation.method, query.size > 0 ? `${path}?${query.toString()}` : path, {
    ...options,
    ...(body === undefined ? {} : { body }),
  });
}
