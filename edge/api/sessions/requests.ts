import { z } from '@hono/zod-openapi';
import { SANDBOX_PROFILES, SESSION_MODES } from '../../../shared/session-status.ts';
import { cursorOf, PageQuery } from '../../http/cursor.ts';
import { PhoneNumber } from '../recipient-fields.ts';
import { SessionName } from '../name-fields.ts';
import { firstContactFields, Pacing, Proxy, Region } from './schemas.ts';

/** What callers send to the routes of sessions. */

export const CreateSession = z
  .strictObject({
    name: SessionName,
    mode: z
      .enum(SESSION_MODES)
      .default('live')
      .openapi({ description: '`sandbox` simulates WhatsApp, so that you need no phone.' }),
    sandboxProfile: z
      .enum(SANDBOX_PROFILES)
      .optional()
      .openapi({ description: 'Build of WhatsApp Web that a sandbox session simulates.' }),
    region: Region.optional(),
    pacing: Pacing.optional(),
    firstContactsPerHour: firstContactFields.firstContactsPerHour.optional(),
    firstContactsPerDay: firstContactFields.firstContactsPerDay.optional(),
    proxy: Proxy.optional(),
  })
  .refine((body) => body.mode === 'sandbox' || body.sandboxProfile === undefined, {
    path: ['sandboxProfile'],
    message: 'only a session with mode "sandbox" has a profile',
  });

export const UpdateSession = z
  .strictObject({
    name: SessionName,
    region: Region.nullable(),
    pacing: Pacing,
    ...firstContactFields,
    isDefault: z.boolean().openapi({
      description:
        'Makes it the session that requests without a `sessionId` use. Only owners, their live keys, and live keys of the workspace itself can set it; a key that is pinned to a session cannot.',
    }),
    includeStatus: z
      .boolean()
      .openapi({ description: 'Receive status posts, from the browser’s next start.' }),
    includeChannels: z
      .boolean()
      .openapi({ description: 'Receive channel posts, from the browser’s next start.' }),
    alwaysOnline: z.boolean().openapi({
      description:
        'Shows the number as online as long as the session is connected, from the browser’s next start. The phone then does not ring for messages.',
    }),
    rejectCalls: z
      .boolean()
      .openapi({ description: 'Reject all calls at once, from the browser’s next start.' }),
    rejectCallText: z
      .string()
      .trim()
      .min(1)
      .max(1_000)
      .nullable()
      .openapi({ description: 'Text that is sent to who called, after a rejection.' }),
    proxy: Proxy.nullable(),
  })
  .partial();

export const ReconnectSession = z.strictObject({
  acceptNumber: z.boolean().default(false).openapi({
    description:
      'Confirms that the new number of the phone is right. Ends `action_required: number_changed`. Messages that are queued or scheduled under the old number fail with `NUMBER_CHANGED`; `meta.failedMessages` says how many (`details.failedMessages` when the runner is out of reach: the number is accepted then).',
  }),
});

export const SessionQuery = z.object({
  ...PageQuery,
  archived: z
    .enum(['true', 'false'])
    .default('false')
    .openapi({ description: '`true` lists the archive instead.' }),
});

export const RequestPairingCode = z.strictObject({
  phone: PhoneNumber.openapi({ description: 'Number of the phone that will link the session.' }),
});

export const PairingQuery = z.object({
  wait: z.coerce
    .number()
    .int()
    .min(0)
    .max(30)
    .default(15)
    .openapi({ description: 'Seconds to wait until the code can be shown.' }),
});

export const SessionLogQuery = z.object({
  cursor: cursorOf((text) => (/^\d{1,15}$/.test(text) ? { before: Number(text) } : null)),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
