import { z } from '@hono/zod-openapi';
import { shown } from '../../../shared/catalogue/limits.ts';
import { isId } from '../../../shared/ids.ts';
import { isEverywhere, normalizeRange } from '../../values/address-range.ts';
import { DEFAULT_PER_MINUTE } from '../../services/keys/key-limit.ts';
import { TIER_PER_MINUTE } from '../../services/sessions/tiers.ts';
import { GRANTS } from '../../services/keys/require-scope.ts';
import { Moment } from '../moment-field.ts';
import { Name, SessionIdOrName } from '../name-fields.ts';

export const KEY_EXAMPLE = 'key_01k2q8z6m4c8f7h3n5r9t1v0wx';

export const KeyId = z.object({
  id: z
    .string()
    .refine((id) => isId('key', id), 'must be the id of an API key (key_…)')
    .openapi({ param: { name: 'id', in: 'path' }, example: KEY_EXAMPLE }),
});

const KNOWN = new Set(GRANTS);
const RANGE_LIMIT = 50;

const Range = z
  .string()
  .max(50)
  .transform((text, context) => {
    const range = normalizeRange(text);
    if (range !== null && !isEverywhere(range)) return range;
    context.addIssue({
      code: 'custom',
      message:
        range === null
          ? 'must be an IP address or a CIDR range such as 203.0.113.0/24 or 2001:db8::/32'
          : 'allows every address; use null for the whole list to mean that',
    });
    return z.NEVER;
  });

/** Fields of a key that its workspace writes. */
export const KeyFields = {
  name: Name.openapi({ example: 'Order service' }),
  scopes: z
    .array(z.string().refine((scope) => KNOWN.has(scope), `must be one of ${GRANTS.join(', ')}`))
    .min(1)
    .max(GRANTS.length)
    .openapi({
      description: 'What the key may do: scopes, `area:*`, or `*` for everything.',
      example: ['messages:send', 'messages:read'],
    }),
  sessionId: SessionIdOrName.nullable().openapi({
    type: ['string', 'null'],
    description: 'Id or name of the only session that the key can reach; null for all sessions.',
  }),
  expiresAt: Moment.refine((moment) => moment.getTime() > Date.now(), 'must be in the future')
    .nullable()
    .openapi({
      type: ['string', 'null'],
      format: 'date-time',
      description: 'When the key stops working; null for never.',
    }),
  allowedIps: z
    .array(Range)
    .min(1)
    .max(RANGE_LIMIT)
    .nullable()
    .openapi({
      type: ['array', 'null'],
      items: { type: 'string' },
      description:
        'IPv4 and IPv6 addresses and CIDR ranges that the key may be used from; null for any address.',
      example: ['203.0.113.0/24', '2001:db8::/32'],
    }),
  perMinute: z
    .number()
    .int()
    .min(1)
    .max(TIER_PER_MINUTE.max)
    .nullable()
    .openapi({
      description: `Requests per minute; null for the default, ${DEFAULT_PER_MINUTE}. At most ${Object.entries(
        TIER_PER_MINUTE,
      )
        .map(([tier, most]) => `${shown(most)} in tier \`${tier}\``)
        .join(', ')}.`,
      example: 120,
    }),
};

const KEY_SHOWN = {
  id: KEY_EXAMPLE,
  name: 'Order service',
  mode: 'live',
  scopes: ['messages:send', 'messages:read'],
  sessionId: null,
  allowedIps: null,
  perMinute: DEFAULT_PER_MINUTE,
  isActive: true,
  expiresAt: null,
  previousKeyUntil: null,
  lastUsedAt: '2026-11-21T10:12:00.000Z',
  createdBy: 'usr_01k2q8z6m4c8f7h3n5r9t1v0wx',
  userId: 'usr_01k2q8z6m4c8f7h3n5r9t1v0wx',
  createdAt: '2026-11-21T10:00:00.000Z',
};
const WHOLE_KEY_SHOWN = 'wp_live_eyJhbGciOiJIUzI1NiJ9.eyJ3cyI6IndrcyJ9.c2lnbmF0dXJl';

export const KeySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    mode: z.enum(['live', 'test']),
    scopes: z.array(z.string()),
    sessionId: z.string().nullable(),
    allowedIps: z.array(z.string()).nullable(),
    perMinute: z.number().int(),
    isActive: z.boolean(),
    expiresAt: z.iso.datetime().nullable(),
    previousKeyUntil: z.iso
      .datetime()
      .nullable()
      .openapi({ description: 'How long the key from before the last rotation still works.' }),
    lastUsedAt: z.iso.datetime().nullable().openapi({ description: 'Accurate to the minute.' }),
    createdBy: z.string().nullable(),
    userId: z.string().nullable().openapi({
      description: 'The person whom the key belongs to; null for a key of the workspace itself.',
    }),
    createdAt: z.iso.datetime(),
  })
  .openapi('ApiKey', { example: KEY_SHOWN });

export const OwnKeySchema = z
  .object({
    id: z.string(),
    workspaceId: z.string(),
    mode: z.enum(['live', 'test']),
    scopes: z.array(z.string()),
    sessionId: z.string().nullable(),
  })
  .openapi('OwnKey', {
    example: {
      id: KEY_EXAMPLE,
      workspaceId: 'wks_01k2q8z6m4c8f7h3n5r9t1v0wx',
      mode: 'live',
      scopes: ['messages:send', 'messages:read'],
      sessionId: null,
    },
  });

export const ShownKey = KeySchema.extend({
  key: z.string().openapi({
    description: 'The whole key. It is shown only here, so store it.',
    example: WHOLE_KEY_SHOWN,
  }),
}).openapi('NewApiKey', { example: { ...KEY_SHOWN, key: WHOLE_KEY_SHOWN } });

export const CreateKey = z.strictObject({
  name: KeyFields.name,
  scopes: KeyFields.scopes,
  mode: z
    .enum(['live', 'test'])
    .optional()
    .openapi({ description: 'A test key can reach sandbox sessions only.' }),
  sessionId: KeyFields.sessionId.optional(),
  expiresAt: KeyFields.expiresAt.optional(),
  allowedIps: KeyFields.allowedIps.optional(),
  perMinute: KeyFields.perMinute.default(null),
});

export const UpdateKey = z.strictObject({ ...KeyFields, isActive: z.boolean() }).partial();
