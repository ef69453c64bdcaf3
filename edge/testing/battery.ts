import { z } from 'zod';
import type { Harness, TestRequest } from './harness.ts';
import type { Document, ListedOperation } from './openapi.ts';
import type { Ids } from './things.ts';

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
  // Of WAHA: `/api/{session}/…`.
  api: 'session',
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
  lids: '90000000001@lid',
  pn: '15550100002',
  // Of WAHA’s server: there are none.
  apps: 'calls',
};

/**
 * `defaultSessionId`, `sessionIds`, `quotedMessageId`, `instanceName`: the kind of thing that a field names; null for any
 * other field.
 */
function kindOfField(name: string): keyof Ids | null {
  if (/^(?:instanceName|session|instance)$/.test(name)) return 'session';
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

const kindInPath = (folder: string, name: string): keyof Ids =>
  KIND_OF_FOLDER[folder] ?? kindOfField(name) ?? 'other';

/** Of these the body names what is made. */
const MAKES: ReadonlySet<string> = new Set(['/compat/evolution/instance/create']);

export type IdPosition = { in: 'path' | 'query' | 'body'; name: string; kind: keyof Ids };

/** Every place of an operation that takes the id of a thing. */
export function idPositions(operation: ListedOperation, document: Document): IdPosition[] {
  const inPath = [...operation.path.matchAll(/\/([\w-]+)\/\{(\w+)\}/g)].flatMap(
    ([, folder = '', name = '']): IdPosition[] =>
      folder in ON_WHATSAPP ? [] : [{ in: 'path', name, kind: kindInPath(folder, name) }],
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
    ...(MAKES.has(operation.path) ? [] : named('body', Object.keys(propertiesOf(body, document)))),
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

/** What the query cannot do without, as the document's example has it. */
const neededQuery = (operation: ListedOperation): [string, unknown][] =>
  Parameters.parse(operation['parameters']).flatMap((one): [string, unknown][] =>
    one.in === 'query' && one['required'] === true
      ? [[one.name, Object(one['schema']).example ?? one['example']]]
      : [],
  );

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
    /\/([\w-]+)\/\{(\w+)\}/g,
    (_whole, folder: string, name: string) =>
      `/${folder}/${ON_WHATSAPP[folder] ?? ids[kindInPath(folder, name)]}`,
  );
  const pairs = (place: Extra['in']) =>
    extra
      .filter((one) => one.in === place)
      .map(({ name, value }): [string, unknown] => [name, value]);
  const query = new URLSearchParams(
    [...neededQuery(operation), ...pairs('query')].map(([name, value]) => [name, String(value)]),
  );
  const [example, inBody] = [bodyOf(operation), pairs('body')];
  const body = inBody.length > 0 ? { ...Object(example), ...Object.fromEntries(inBody) } : example;
  return harness.request(operation.method, query.size > 0 ? `${path}?${query.toString()}` : path, {
    ...options,
    ...(body === undefined ? {} : { body }),
  });
}
