import { z } from '@hono/zod-openapi';
import type { GroupMember } from '../../../shared/catalogue/live/groups.ts';
import { envelope, ok } from '../../http/envelope.ts';
import { csvRecord } from '../../values/csv.ts';
import { askLive, LIVE_ERRORS } from '../ask-live.ts';
import { rawOperation } from '../operation.ts';
import { scope } from '../takes.ts';
import { GroupMemberSchema } from './answers.ts';
import { GroupRef } from './schemas.ts';
import { SessionChoice } from '../session-choice.ts';

const Query = SessionChoice.extend({
  format: z.enum(['json', 'csv']).default('json'),
  bom: z.enum(['true', 'false']).default('false').openapi({
    description: 'Starts the CSV file with a byte order mark, for Excel.',
  }),
});

export const exportGroupMembers = rawOperation({
  id: 'listGroupMembers',
  method: 'get',
  path: '/v1/groups/{id}/members',
  takes: scope('groups:read'),
  summary: 'List the members of a group',
  description:
    'JSON, or a CSV file (RFC 4180) with the columns `phone, name, role, id, lid, username`. Phone numbers start with an apostrophe and `+`, so that a spreadsheet keeps them as text. `phone` is empty for people whose number WhatsApp hides.',
  params: GroupRef,
  query: Query,
  responses: {
    200: {
      description: 'The members.',
      content: {
        'application/json': { schema: envelope(z.array(GroupMemberSchema)) },
        'text/csv': { schema: z.string() },
      },
    },
  },
  errors: LIVE_ERRORS,
  run: async ({ ctx, params, query: { sessionId, format, bom } }, c) => {
    const { output, meta } = await askLive(ctx, sessionId, 'getGroup', { groupId: params.id });
    if (format === 'json') return ok(c, output.members, 200, meta);
    const lines = [
      csvRecord(['phone', 'name', 'role', 'id', 'lid', 'username']),
      ...output.members.map(toRecord),
    ];
    return c.body(`${bom === 'true' ? '\uFEFF' : ''}${lines.join('')}`, 200, {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="${params.id.replace('@', '-at-')}.csv"`,
      'cache-control': 'no-store',
    });
  },
});

/** The export's own rule makes a text of what a spreadsheet would read as a formula, and `+` is the start of one. */
const toRecord = ({ phone, name, role, id, lid, username }: GroupMember): string =>
  csvRecord([phone === null ? null : `+${phone}`, name, role, id, lid, username]);
