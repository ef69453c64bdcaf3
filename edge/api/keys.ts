import { z } from '@hono/zod-openapi';
import type { ServiceContext } from '../context.ts';
import { createKey } from '../services/keys/create-key.ts';
import { deleteKey } from '../services/keys/delete-key.ts';
import { getOwnKey } from '../services/keys/get-own-key.ts';
import { type KeyView, warningsOf } from '../services/keys/key-view.ts';
import { listKeys } from '../services/keys/list-keys.ts';
import { rotateKey } from '../services/keys/rotate-key.ts';
import { updateKey } from '../services/keys/update-key.ts';
import { CreateKey, KeyId, KeySchema, OwnKeySchema, ShownKey, UpdateKey } from './keys/schemas.ts';
import { Deleted } from './deleted.ts';
import { area, operation, withMeta } from './operation.ts';
import { Rotation } from './rotation.ts';
import { anyKey, scope } from './takes.ts';

const withWarnings = <Key extends KeyView>(ctx: ServiceContext, key: Key) => {
  const warnings = warningsOf(ctx, key);
  return withMeta(key, warnings.length === 0 ? {} : { warnings });
};

export const keys = area('Keys', [
  operation({
    id: 'createKey',
    method: 'post',
    path: '/v1/keys',
    takes: scope('keys:write'),
    summary: 'Create an API key',
    description:
      'The key is shown only in this answer. A key cannot create keys with more rights than its own; mode, session, expiry and addresses default to its own.',
    body: {
      schema: CreateKey,
      example: { name: 'Order service', scopes: ['messages:send', 'messages:read'] },
    },
    answer: [201, 'The key, shown once.', ShownKey],
    errors: ['SESSION_NOT_FOUND', 'LIMIT_EXCEEDED'],
    run: async ({ ctx, body: { sessionId, ...fields } }) =>
      withWarnings(ctx, await createKey({ ctx, input: { ...fields, session: sessionId } })),
  }),
  operation({
    id: 'getOwnKey',
    method: 'get',
    path: '/v1/keys/self',
    takes: anyKey,
    summary: 'Get the calling key',
    description:
      'Shows the workspace, the scopes and the session that the key is pinned to. It needs no scope, so you can use it to test a connection.',
    answer: [200, 'The calling key.', OwnKeySchema],
    run: ({ ctx }) => getOwnKey({ ctx }),
  }),
  operation({
    id: 'listKeys',
    method: 'get',
    path: '/v1/keys',
    takes: scope('keys:read'),
    summary: 'List API keys, oldest first',
    description:
      'Owners see all keys, members their own. A pinned key sees the keys of its session, a test key sees test keys.',
    answer: [200, 'All keys.', z.array(KeySchema)],
    run: ({ ctx }) => listKeys({ ctx }),
  }),
  operation({
    id: 'updateKey',
    method: 'patch',
    path: '/v1/keys/{id}',
    takes: scope('keys:write'),
    summary: 'Change, pause or resume an API key',
    description:
      'Omitted fields stay as they are. The change applies from the key’s next request. Nobody can give a key more rights than their own.',
    params: KeyId,
    body: { schema: UpdateKey, example: { isActive: false } },
    answer: [200, 'The key.', KeySchema],
    errors: ['NOT_FOUND', 'SESSION_NOT_FOUND'],
    run: async ({ ctx, params, body: { sessionId, ...fields } }) => {
      const changes = { ...fields, session: sessionId };
      return withWarnings(ctx, await updateKey({ ctx, input: { ...params, changes } }));
    },
  }),
  operation({
    id: 'rotateKey',
    method: 'post',
    path: '/v1/keys/{id}/rotate',
    takes: scope('keys:write'),
    summary: 'Replace an API key with a new one',
    description:
      'The new key is shown only in this answer. Id, scopes and limits stay. The old key works until the overlap ends; a key from an earlier rotation stops working now.',
    params: KeyId,
    body: { schema: Rotation, example: { overlapSeconds: 86_400 }, optional: true },
    answer: [200, 'The new key, shown once.', ShownKey],
    errors: ['NOT_FOUND'],
    run: async ({ ctx, params, body }) =>
      withWarnings(ctx, await rotateKey({ ctx, input: { ...params, ...body } })),
  }),
  operation({
    id: 'deleteKey',
    method: 'delete',
    path: '/v1/keys/{id}',
    takes: scope('keys:write'),
    summary: 'Revoke an API key',
    description: 'The key stops working with its next request, for good.',
    params: KeyId,
    answer: [200, 'The key is revoked.', Deleted],
    errors: ['NOT_FOUND'],
    run: ({ ctx, params }) => deleteKey({ ctx, input: params }),
  }),
]);
