import { expect, test } from 'vitest';
import { actionsFor } from './actions.ts';

test.each([
  ['created', ['start', 'archive', 'delete']],
  ['qr', ['restart', 'stop', 'archive', 'delete']],
  ['online', ['restart', 'stop', 'logout', 'archive', 'delete']],
  ['action_required', ['restart', 'stop', 'logout', 'archive', 'delete']],
  ['disconnected', ['start', 'archive', 'delete']],
  ['logged_out', ['start', 'archive', 'delete']],
  ['failed', ['start', 'archive', 'delete']],
] as const)('a session that is %s can %j', (status, actions) => {
  expect(actionsFor({ status, archivedAt: null })).toEqual(actions);
});

test('an archived session comes back or goes', () => {
  const archivedAt = '2026-01-01T00:00:00.000Z';
  expect(actionsFor({ status: 'disconnected', archivedAt })).toEqual(['unarchive', 'delete']);
});
