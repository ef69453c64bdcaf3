import { z } from '@hono/zod-openapi';
import { keys } from '../../api/keys.ts';
import type { Row } from '../../api/operation.ts';
import { operationOf } from '../alias.ts';
import { Nothing } from './session-view.ts';
import { relayed } from './relayed.ts';

const Ours = z.object({
  id: z.string(),
  isActive: z.boolean(),
  scopes: z.array(z.string()),
  sessionId: z.string().nullable(),
});
const WahaKey = z
  .object({
    id: z.string(),
    isActive: z.boolean(),
    isAdmin: z.boolean().describe('It may do everything in all sessions.'),
    session: z.string().nullable().describe('Id of the only session that it reaches.'),
  })
  .openapi('WahaKey', {
    example: {
      id: 'key_01k2q8z6m4c8f7h3n5r9t1v0wx',
      isActive: true,
      isAdmin: false,
      session: null,
    },
  });
const NewWahaKey = WahaKey.extend({ key: z.string().describe('Shown only here.') }).openapi(
  'NewWahaKey',
  {
    example: {
      id: 'key_01k2q8z6m4c8f7h3n5r9t1v0wx',
      isActive: true,
      isAdmin: false,
      session: null,
      key: 'wp_live_eyJhbGciOiJIUzI1NiJ9.eyJ3cyI6IndrcyJ9.c2lnbmF0dXJl',
    },
  },
);
const show = ({ id, isActive, scopes, sessionId: session }: z.output<typeof Ours>) => ({
  id,
  isActive,
  isAdmin: scopes.includes('*') && session === null,
  session,
});

/** What a key of WAHA's clients may do that is no administrator's. */
const SCOPES = [
  'messages:*',
  'sessions:*',
  'chats:*',
  'contacts:*',
  'groups:*',
  'channels:*',
  'status:*',
  'profile:*',
  'webhooks:*',
  'events:read',
];

const KeyBody = z.object({
  isAdmin: z.boolean().nullish(),
  session: z.string().max(100).nullish(),
  isActive: z.boolean().nullish(),
});
const EXAMPLE = { isAdmin: false, session: null, isActive: true } as const;

const saidOf = ({ isAdmin, session }: z.output<typeof KeyBody>) => ({
  ...(isAdmin != null && { scopes: isAdmin ? ['*'] : SCOPES }),
  ...(session !== undefined && { sessionId: session }),
});

const OfKey = z.object({
  id: z.string().openapi({
    param: { name: 'id', in: 'path' },
    example: 'key_01k2q8z6m4c8f7h3n5r9t1v0wx',
  }),
});

export const wahaKeys: readonly Row[] = [
  relayed({
    id: 'wahaListKeys',
    method: 'get',
    path: '/keys',
    summary: 'List the API keys',
    to: operationOf(keys, 'listKeys'),
    given: () => ({}),
    reads: z.array(Ours),
    answer: [200, 'All keys, oldest first.', z.array(WahaKey)],
    show: (all) => all.map((one) => show(one)),
  }),
  relayed({
    id: 'wahaCreateKey',
    method: 'post',
    path: '/keys',
    summary: 'Create an API key',
    description: 'A key cannot create keys with more rights than its own.',
    to: operationOf(keys, 'createKey'),
    body: {
      schema: KeyBody.extend({ isActive: z.literal(true, 'a new key is active').nullish() }),
      example: EXAMPLE,
      optional: true,
    },
    given: ({ body }) => ({
      body: { name: 'WAHA client', scopes: SCOPES, ...saidOf(body) },
    }),
    reads: Ours.extend({ key: z.string() }),
    answer: [201, 'The key, shown once.', NewWahaKey],
    show: ({ key, ...made }) => ({ ...show(made), key }),
  }),
  relayed({
    id: 'wahaUpdateKey',
    method: 'put',
    path: '/keys/{id}',
    summary: 'Change, pause or resume an API key',
    to: operationOf(keys, 'updateKey'),
    params: OfKey,
    body: { schema: KeyBody, example: EXAMPLE, optional: true },
    given: ({ params, body }) => ({
      params,
      body: { ...saidOf(body), ...(body.isActive != null && { isActive: body.isActive }) },
    }),
    reads: Ours,
    answer: [200, 'The key.', WahaKey],
    show,
  }),
  relayed({
    id: 'wahaDeleteKey',
    method: 'delete',
    path: '/keys/{id}',
    summary: 'Revoke an API key',
    to: operationOf(keys, 'deleteKey'),
    params: OfKey,
    given: ({ params }) => ({ params }),
    reads: z.unknown(),
    answer: [200, 'It is revoked.', Nothing],
    show: () => ({}),
  }),
];
