import { expect, it } from 'vitest';
import { libraryEnd } from './library-end.ts';

it.each([
  ['LOGOUT', { loggedOut: true }],
  ['CONFLICT', { reason: 'conflict', action: null }],
  ['UNPAIRED', { reason: 'unpaired', action: null }],
  ['UNPAIRED_IDLE', { reason: 'unpaired', action: null }],
  ['TOS_BLOCK', { reason: 'crashed', action: 'accept_terms' }],
  ['SMB_TOS_BLOCK', { reason: 'crashed', action: 'accept_terms' }],
  ['PROXYBLOCK', { reason: 'crashed', action: 'account_blocked' }],
  ['DEPRECATED_VERSION', { reason: 'crashed', action: 'update_required' }],
  ['UNLAUNCHED', { reason: 'crashed', action: null, detail: 'WhatsApp gave up: UNLAUNCHED' }],
])('%s is %o', (reason, end) => {
  expect(libraryEnd(reason)).toMatchObject(end);
});
