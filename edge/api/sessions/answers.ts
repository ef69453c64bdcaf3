import { z } from '@hono/zod-openapi';
import { ShownAction } from '../../../shared/session-actions.ts';
import { SESSION_STATUSES } from '../../../shared/session-status.ts';
import { SESSION_EXAMPLE } from './schemas.ts';

/** What the routes of sessions answer beside the session itself. */

export const PairingCode = z
  .object({
    code: z
      .string()
      .describe('Type it on the phone, under Linked devices, Link with phone number.'),
    phone: z.string(),
    expiresAt: z.iso.datetime().describe('When a new code replaces this one.'),
  })
  .openapi('PairingCode', {
    example: { code: 'ABCD1234', phone: '15550100001', expiresAt: '2026-11-21T10:03:00.000Z' },
  });

export const SessionStatusSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    status: z.enum(SESSION_STATUSES),
    reason: z.string(),
    action: ShownAction.nullable().describe(
      'What a person has to do while the status is `action_required`.',
    ),
    reconnect: z
      .object({ attempt: z.number().int(), nextAt: z.iso.datetime() })
      .nullable()
      .describe('The next attempt to reconnect, if one is due.'),
    desired: z
      .enum(['running', 'stopped'])
      .describe('Whether the session was last started or stopped.'),
    phoneNumber: z.string().nullable(),
    newPhoneNumber: z
      .string()
      .nullable()
      .describe(
        'The number that is linked now instead of `phoneNumber`, until you accept it with `acceptNumber`.',
      ),
    lastActiveAt: z.iso.datetime().nullable(),
    updatedAt: z.iso.datetime(),
  })
  .openapi('SessionStatus', {
    example: {
      id: SESSION_EXAMPLE,
      name: 'support',
      status: 'qr',
      reason: 'qr_shown',
      action: null,
      reconnect: null,
      desired: 'running',
      phoneNumber: null,
      newPhoneNumber: null,
      lastActiveAt: null,
      updatedAt: '2026-11-21T09:01:00.000Z',
    },
  });

export const LoggedOutSession = z
  .object({
    id: z.string(),
    status: z.string(),
    reason: z.string(),
    unlinked: z
      .boolean()
      .describe(
        'Whether the phone no longer lists the device. If false, remove it on the phone as well.',
      ),
  })
  .openapi('LoggedOutSession', {
    example: {
      id: SESSION_EXAMPLE,
      status: 'logged_out',
      reason: 'logged_out: requested',
      unlinked: true,
    },
  });

export const DeletedSession = z
  .object({
    id: z.string(),
    deleted: z.literal(true),
    unlinked: z
      .boolean()
      .describe(
        'Whether the phone lists no device of this session any more; if not, see `advice`.',
      ),
    advice: z.string().nullable().describe('How to remove the device on the phone.'),
  })
  .openapi('DeletedSession', {
    example: { id: SESSION_EXAMPLE, deleted: true, unlinked: true, advice: null },
  });
