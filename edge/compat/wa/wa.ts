import type { System } from '../alias.ts';
import { waConnections } from './connections.ts';
import { waDialect } from './dialect.ts';
import { waSend } from './send.ts';

export const wa: System = {
  name: 'wa',
  title: 'Wa',
  description:
    'The routes under `/wa`: connections, their texts, a webhook. A failure is `{"success": false, "error": {"code", "message"}}`. A field that Waypost does not use is named in the header `Waypost-Ignored`.',
  owns: ['/wa'],
  dialect: waDialect,
  rows: [...waConnections, waSend],
};
