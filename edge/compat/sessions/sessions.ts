import { sessionsDialect } from './dialect.ts';
import type { System } from '../alias.ts';
import { leadRows } from './leads.ts';
import { messageRows } from './messages.ts';
import { health, sessionRows } from './rows.ts';
import { socketAtRoot, socketRow } from './socket.ts';

export const sessions: System = {
  name: 'sessions',
  title: 'Sessions and socket',
  description:
    'The routes of the sessions, their messages and leads, and a WebSocket at `/?token=`. A failure is `{"error": {"code", "message"}}`. A field that Waypost does not use is named in the header `Waypost-Ignored`.',
  owns: ['/api/health', '/api/sessions', '/api/leads', '/api/socket'],
  dialect: sessionsDialect,
  rows: [...sessionRows, ...messageRows, ...leadRows, socketRow],
  open: [health, socketAtRoot],
};
