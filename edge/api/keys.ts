import { createKey } from '../services/keys/create-key.ts';
import { deleteKey } from '../services/keys/delete-key.ts';
import { getOwnKey } from '../services/keys/get-own-key.ts';
import { listKeys } from '../services/keys/list-keys.ts';
import { rotateKey } from '../services/keys/rotate-key.ts';
import { updateKey } from '../services/keys/update-key.ts';
import {
  ApiKey,
  CreateKey,
  DAY_SECONDS,
  DeletedKey,
  KeyId,
  OwnKey,
  RotateKey,
  ShownKey,
  UpdateKey,
} from './keys/schemas.ts';
import { area, operation, z } from './operation.ts';
import { anyKey, scope } from './takes.ts';

export const keys = area('Keys', [
  operation({
    id: 'createKey',
    method: 'post',
    path: '/v1/keys',
    takes: scope('keys:write'),
    summary: 'Create an API key',
    description:
      'The key itself is in this answer and nowhere else. A key cannot create one that can do more than itself; if you leave out mode, session, expiry or addresses, the new key gets those of the calling key.',
    body: [CreateKey, { name: 'Order service', scopes: ['messages:send', 'messages:read'] }],
    answer: [201, 'The key, shown once.', ShownKey],
    errors: ['SESSION_NOT_FOUND', 'LIMIT_EXCEEDED'],
    run: ({ ctx, body: { sessionId, ...fields } }) =>
      createKey({ ctx, input: { ...fields, session: sessionId } }),
  }),
  operation({
    id: 'listKeys',
    method: 'get',
    path: '/v1/keys',
    takes: scope('keys:read'),
    summary: 'List API keys, oldest first',
    description:
      'Returns all keys at once. A key that is pinned to a session sees the keys of that session; a test key sees test keys.',
    answer: [200, 'All keys.', z.array(ApiKey)],
    run: ({ ctx }) => listKeys({ ctx }),
  }),
  operation({
    id: 'getOwnKey',
    method: 'get',
    path: '/v1/keys/self',
    takes: anyKey,
    summary: 'Get the calling key',
    description:
      'Returns the workspace, the scopes and the session of the key that makes the request. Needs no scope, so that any key can test its connection.',
    answer: [200, 'The calling key.', OwnKey],
    run: ({ ctx }) => getOwnKey({ ctx }),
  }),
  operation({
    id: 'updateKey',
    method: 'patch',
    path: '/v1/keys/{id}',
    takes: scope('keys:write'),
    summary: 'Change, pause or resume an API key',
    description:
      'Fields that you leave out keep their value. The change applies from the next request of the key. A key cannot change one that can do more than itself, and cannot give it more than it has.',
    params: KeyId,
    body: [UpdateKey, { isActive: false }],
    answer: [200, 'The key.', ApiKey],
    errors: ['NOT_FOUND', 'SESSION_NOT_FOUND'],
    run: ({ ctx, params, body: { sessionId, ...fields } }) =>
      updateKey({ ctx, input: { ...params, changes: { ...fields, session: sessionId } } }),
  }),
  operation({
    id: 'deleteKey',
    method: 'delete',
    path: '/v1/keys/{id}',
    takes: scope('keys:write'),
    summary: 'Revoke an API key',
    description: 'The key stops working with its next request. This cannot be undone.',
    params: KeyId,
    answer: [200, 'The key is revoked.', DeletedKey],
    errors: ['NOT_FOUND'],
    run: ({ ctx, params }) => deleteKey({ ctx, input: params }),
  }),
  operation({
    id: 'rotateKey',
    method: 'post',
    path: '/v1/keys/{id}/rotate',
    takes: scope('keys:write'),
    summary: 'Rotate an API key',
    description:
      'Returns a new key under the same id, shown once; scopes and limits stay. The old key keeps working for `overlapSeconds`. A key that an earlier rotation left working stops now.',
    params: KeyId,
    body: [RotateKey, { overlapSeconds: DAY_SECONDS }, 'optional'],
    answer: [200, 'The new key, shown once.', ShownKey],
    errors: ['NOT_FOUND'],
    run: ({ ctx, params, body }) => rotateKey({ ctx, input: { ...params, ...body } }),
  }),
]);
