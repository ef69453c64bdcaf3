import { createRoute, z } from '@hono/zod-openapi';
import { ownersOnly } from '../../http/allowed-credentials.ts';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { EmailAddress } from '../../identity/email-address.ts';
import { createInvitation as createInvitationVerb } from '../../services/workspace/create-invitation.ts';
import { AllSessions, MemberRole } from './fields.ts';
import { InvitationSchema } from './schemas.ts';

const Body = z.strictObject({
  email: EmailAddress,
  role: MemberRole.default('member'),
  allSessions: AllSessions.default(false),
});

export const createInvitation = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/workspace/invitations',
      operationId: 'createInvitation',
      ...ownersOnly,
      tags: ['Workspace'],
      summary: 'Invite somebody',
      description:
        'Mails a link that is good for seven days and one use. Inviting an address again replaces its open invitation.',
      request: { body: jsonBody(Body, { email: 'ben@example.com', role: 'member' }) },
      responses: {
        201: answer('It was mailed.', InvitationSchema),
        ...errors('CONFLICT', 'LIMIT_EXCEEDED'),
      },
    }),
    async (c) =>
      ok(c, await createInvitationVerb({ ctx: c.get('ctx'), input: c.req.valid('json') }), 201),
  );
