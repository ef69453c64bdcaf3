import { createRoute, z } from '@hono/zod-openapi';
import { ownersOnly } from '../../http/allowed-credentials.ts';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { updateMember as updateMemberVerb } from '../../services/workspace/update-member.ts';
import { AllSessions, MemberRole } from './fields.ts';
import { KeysFate, MemberId, MemberSchema, SettledKeys } from './schemas.ts';

const Body = z
  .strictObject({ role: MemberRole, allSessions: AllSessions })
  .partial()
  .extend({ keys: KeysFate });

export const updateMember = (app: App) =>
  app.openapi(
    createRoute({
      method: 'patch',
      path: '/v1/workspace/members/{id}',
      operationId: 'updateMember',
      ...ownersOnly,
      tags: ['Workspace'],
      summary: 'Change a member’s role or reach',
      description:
        'The last owner cannot be made a member. API keys of theirs that can do more than they may then are revoked, unless an owner takes them over.',
      request: { params: MemberId, body: jsonBody(Body, { allSessions: true }) },
      responses: {
        200: answer('The member.', MemberSchema.extend({ apiKeys: SettledKeys })),
        ...errors('NOT_FOUND', 'CONFLICT'),
      },
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json') };
      return ok(c, await updateMemberVerb({ ctx: c.get('ctx'), input }), 200);
    },
  );
