import { z } from '@hono/zod-openapi';
import {
  SANDBOX_PROFILES,
  SESSION_MODES,
  SESSION_STATUSES,
} from '../../../shared/session-status.ts';
import {
  WHATSAPP_LIMITS_EXAMPLE,
  WhatsAppLimits,
} from '../../../shared/catalogue/whatsapp-limits.ts';
import { DEFAULT_FIRST_CONTACTS } from '../../services/sessions/create-session.ts';
import { SessionLookup } from '../name-fields.ts';

export const SESSION_EXAMPLE = 'ses_01k2q8z6m4c8f7h3n5r9t1v0wx';

/** Path parameter of every session route. */
export const SessionRef = z.object({
  id: SessionLookup.openapi({
    param: { name: 'id', in: 'path' },
    description: 'Id or name of the session.',
    example: SESSION_EXAMPLE,
  }),
});

/** The smallest gap between two sends, and how much random time is added at most. */
export const Pacing = z
  .strictObject({
    minIntervalMs: z.number().int().min(0).max(600_000),
    jitterMs: z.number().int().min(0).max(600_000),
  })
  .openapi({
    'x-component': 'Pacing',
    description:
      'Pause between two sends: at least `minIntervalMs`, plus up to `jitterMs` at random. The defaults are 1,500 and 500. Shorter pauses make a number look automated.',
    example: { minIntervalMs: 1500, jitterMs: 500 },
  });

const FirstContacts = z.number().int().min(1).max(10_000).nullable();

/** The limits of what a session writes to people who are new to it. */
export const firstContactFields = {
  firstContactsPerHour: FirstContacts.openapi({
    description: `How many people it may write to for the first time within an hour; \`null\`: no limit. The default is ${DEFAULT_FIRST_CONTACTS.perHour} for a live session. Sends made in parallel may exceed it by as many as are under way.`,
  }),
  firstContactsPerDay: FirstContacts.openapi({
    description: `The same within a day. The default is ${DEFAULT_FIRST_CONTACTS.perDay} for a live session.`,
  }),
};

export const Region = z
  .string()
  .regex(/^[a-z0-9-]{2,32}$/, 'a region such as fra')
  .openapi({
    description:
      'Where the session should run. If there is no room, it runs in the nearest region that has some.',
    example: 'fra',
  });

const isSocks = (url: string): boolean => url.startsWith('socks5:');
/** RFC 1929 counts them in one byte. */
const fitsSocks = (text: string): boolean => new TextEncoder().encode(text).length <= 255;

/** Sealed at rest, and shown masked. */
export const Proxy = z
  .strictObject({
    url: z.url({ protocol: /^(https?|socks5)$/ }).max(300),
    username: z.string().min(1).max(200).optional(),
    password: z.string().max(500).optional(),
  })
  .refine((proxy) => proxy.password === undefined || proxy.username !== undefined, {
    path: ['username'],
    message: 'a password needs a user name',
  })
  .refine(({ url, username = '' }) => isSocks(url) || !username.includes(':'), {
    path: ['username'],
    message: 'a user name at an HTTP proxy has no colon',
  })
  .refine(
    ({ url, username = '', password = '' }) =>
      !isSocks(url) || (fitsSocks(username) && fitsSocks(password)),
    {
      path: ['password'],
      message: 'user name and password at a SOCKS proxy have at most 255 bytes each',
    },
  )
  .openapi({
    'x-component': 'Proxy',
    description: "Proxy for this session's browser only.",
    example: { url: 'http://proxy.example.com:8080', username: 'user', password: 'secret' },
  });

export const SessionSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    status: z.enum(SESSION_STATUSES),
    reason: z.string(),
    statusSince: z.iso.datetime().nullable().describe('Since when it has its status.'),
    mode: z.enum(SESSION_MODES),
    phoneNumber: z.string().nullable(),
    displayName: z.string().nullable(),
    profile: z
      .enum(SANDBOX_PROFILES)
      .nullable()
      .describe('Build of WhatsApp Web that a sandbox session simulates.'),
    isDefault: z.boolean(),
    region: z.string().nullable(),
    includeStatus: z.boolean(),
    includeChannels: z.boolean(),
    alwaysOnline: z.boolean(),
    rejectCalls: z.boolean(),
    rejectCallText: z.string().nullable(),
    presenceOf: z
      .array(z.string())
      .describe('Ids of the people whose presence the session is subscribed to.'),
    proxy: z.string().nullable().describe('URL of the proxy, with its login masked.'),
    pacing: Pacing,
    ...firstContactFields,
    runner: z
      .object({
        id: z.string(),
        epoch: z.number().int(),
        pid: z.number().int().nullable().describe('Its process id; null if unknown.'),
      })
      .nullable()
      .describe('The runner that holds the session now.'),
    memoryBytes: z
      .number()
      .int()
      .nullable()
      .describe('Memory of its processes; null if not measured within the last two minutes.'),
    createdBy: z.string().nullable(),
    lastActiveAt: z.iso.datetime().nullable(),
    webVersion: z
      .string()
      .nullable()
      .describe('Build of WhatsApp Web that the session last ran; null before it was linked.'),
    phoneSeenAt: z.iso
      .datetime()
      .nullable()
      .describe('The last sign of the phone itself, accurate to the hour.'),
    phoneUnseen: z
      .boolean()
      .describe(
        'True from the event `session.phone_unseen`, after 12 days without a sign of the phone, until the next sign.',
      ),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    archivedAt: z.iso.datetime().nullable(),
  })
  .openapi('Session', {
    example: {
      id: SESSION_EXAMPLE,
      name: 'support',
      status: 'online',
      reason: 'ready',
      statusSince: '2026-11-21T09:01:00.000Z',
      mode: 'sandbox',
      phoneNumber: '15550100001',
      displayName: 'Support',
      profile: 'stock',
      isDefault: true,
      region: null,
      includeStatus: false,
      includeChannels: false,
      alwaysOnline: false,
      rejectCalls: false,
      rejectCallText: null,
      presenceOf: [],
      proxy: null,
      pacing: { minIntervalMs: 1500, jitterMs: 500 },
      firstContactsPerHour: null,
      firstContactsPerDay: null,
      runner: { id: 'runner-1', epoch: 1, pid: 4242 },
      memoryBytes: 271_581_184,
      createdBy: 'key_01k2q8z6m4c8f7h3n5r9t1v0wx',
      lastActiveAt: '2026-11-21T10:00:00.000Z',
      webVersion: '2.3000.1028491234',
      phoneSeenAt: '2026-11-21T09:30:00.000Z',
      phoneUnseen: false,
      createdAt: '2026-11-21T09:00:00.000Z',
      updatedAt: '2026-11-21T09:01:00.000Z',
      archivedAt: null,
    },
  });

const UsedLimit = z
  .object({
    used: z.number().int().describe('Up to now.'),
    limit: z.number().int().nullable().describe('Null: no limit.'),
  })
  .openapi('UsedLimit', { example: { used: 3, limit: 30 } });

/** A session alone, with what it has used of its limits. */
export const LimitedSessionSchema = SessionSchema.extend({
  limits: z
    .object({
      whatsapp: z.union([WhatsAppLimits, z.null()]),
      firstContacts: z
        .object({
          hour: UsedLimit,
          day: UsedLimit,
          unanswered: z
            .number()
            .int()
            .describe(
              'Of the last 30 days, those who got the message and never wrote, among the newest 1,000.',
            ),
        })
        .describe(
          'People whom it wrote to for the first time within the last hour and the last 24 hours, as Waypost has counted.',
        ),
    })
    .openapi('SessionLimits', {
      example: {
        whatsapp: WHATSAPP_LIMITS_EXAMPLE,
        firstContacts: {
          hour: { used: 3, limit: 30 },
          day: { used: 12, limit: 100 },
          unanswered: 5,
        },
      },
    }),
}).openapi('LimitedSession');
