import type { System } from '../alias.ts';
import { queueAdmin } from './admin.ts';
import { queueDialect } from './dialect.ts';
import { queueMessages } from './messages.ts';
import { queueSessions } from './sessions.ts';

export const queue: System = {
  name: 'queue',
  title: 'Queue',
  description:
    'The routes of the queue: jobs that send texts and files, sessions, administration. `{"ok": true, "data": …}` or `{"ok": false, "error": {"code", "message"}}`. A field that Waypost does not use is named in the header `Waypost-Ignored`.',
  owns: ['/api/v1', '/api/admin', '/api/openapi', '/admin'],
  documentAlsoAt: '/api/openapi',
  dialect: queueDialect,
  rows: [...queueMessages, ...queueSessions, ...queueAdmin],
};
