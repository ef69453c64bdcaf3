import { z } from '@hono/zod-openapi';
import { sessions } from '../../api/sessions.ts';
import type { ServiceContext } from '../../context.ts';
import { holdsScope, type Scope } from '../../services/keys/require-scope.ts';
import { ownJid } from '../../values/evolution/jids.ts';
import { EVOLUTION_STATES, evolutionState } from '../../values/evolution/states.ts';
import { operationOf } from '../alias.ts';
import { ShownSession } from '../shown-session.ts';

export const getSession = operationOf(sessions, 'getSession');

/** A session of ours, as far as Evolution shows it. */
export const Ours = ShownSession.extend({
  displayName: z.string().nullable(),
  alwaysOnline: z.boolean(),
  rejectCalls: z.boolean(),
  rejectCallText: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type Ours = z.output<typeof Ours>;

export const INSTANCE_EXAMPLE = 'ses_01k2q8z6m4c8f7h3n5r9t1v0wx';
const MOMENT = '2026-11-21T10:00:00.000Z';

export const Settings = z
  .object({
    rejectCall: z.boolean(),
    msgCall: z.string(),
    groupsIgnore: z.literal(false),
    alwaysOnline: z.boolean(),
    readMessages: z.literal(false),
    readStatus: z.literal(false),
    syncFullHistory: z.literal(false),
  })
  .openapi('EvolutionSettings', {
    example: {
      rejectCall: true,
      msgCall: 'We do not take calls.',
      groupsIgnore: false,
      alwaysOnline: false,
      readMessages: false,
      readStatus: false,
      syncFullHistory: false,
    },
  });

export const settingsOf = (session: Ours): z.output<typeof Settings> => ({
  rejectCall: session.rejectCalls,
  msgCall: session.rejectCallText ?? '',
  groupsIgnore: false,
  alwaysOnline: session.alwaysOnline,
  readMessages: false,
  readStatus: false,
  syncFullHistory: false,
});

export const State = z
  .object({
    instance: z.object({ instanceName: z.string(), state: z.enum(EVOLUTION_STATES) }),
  })
  .openapi('EvolutionState', { example: { instance: { instanceName: 'support', state: 'open' } } });

export const stateOf = ({ name, status }: Pick<Ours, 'name' | 'status'>) => ({
  instance: { instanceName: name, state: evolutionState(status) },
});

export const Code = z
  .object({
    pairingCode: z.string().nullable(),
    code: z.string().nullable().describe('The text that the QR code encodes.'),
    base64: z.string().nullable().describe('The QR code as a data URL.'),
    count: z.number().int().describe('0 while there is no code.'),
  })
  .openapi('EvolutionCode', {
    example: {
      pairingCode: null,
      code: '2@AbCdEf,…',
      base64: 'data:image/png;base64,iVBORw0KGgo…',
      count: 1,
    },
  });

/** Fields of Evolution's that are always empty here. */
const UNKNOWN = {
  disconnectionReasonCode: null,
  disconnectionObject: null,
  disconnectionAt: null,
  Chatwoot: null,
  Proxy: null,
  Rabbitmq: null,
  Nats: null,
  Sqs: null,
  Websocket: null,
};

export const FoundInstance = z
  .object({
    id: z.string(),
    name: z.string(),
    connectionStatus: z.enum(EVOLUTION_STATES),
    ownerJid: z.string().nullable(),
    profileName: z.string().nullable(),
    profilePicUrl: z.null(),
    integration: z.literal('WHATSAPP-BAILEYS'),
    number: z.string().nullable(),
    businessId: z.null(),
    token: z.null().describe('A key is shown once, by `instance/create`.'),
    clientName: z.literal('waypost'),
    disconnectionReasonCode: z.null(),
    disconnectionObject: z.null(),
    disconnectionAt: z.null(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    Chatwoot: z.null(),
    Proxy: z.null(),
    Rabbitmq: z.null(),
    Nats: z.null(),
    Sqs: z.null(),
    Websocket: z.null(),
    Setting: Settings,
  })
  .openapi('EvolutionFoundInstance', {
    example: {
      id: INSTANCE_EXAMPLE,
      name: 'support',
      connectionStatus: 'open',
      ownerJid: '15550100001@s.whatsapp.net',
      profileName: 'Support',
      profilePicUrl: null,
      integration: 'WHATSAPP-BAILEYS',
      number: '15550100001',
      businessId: null,
      token: null,
      clientName: 'waypost',
      ...UNKNOWN,
      createdAt: MOMENT,
      updatedAt: MOMENT,
      Setting: {
        rejectCall: false,
        msgCall: '',
        groupsIgnore: false,
        alwaysOnline: false,
        readMessages: false,
        readStatus: false,
        syncFullHistory: false,
      },
    },
  });

export const showInstance = (session: Ours): z.output<typeof FoundInstance> => ({
  id: session.id,
  name: session.name,
  connectionStatus: evolutionState(session.status),
  ownerJid: ownJid(session.phoneNumber),
  profileName: session.displayName,
  profilePicUrl: null,
  integration: 'WHATSAPP-BAILEYS',
  number: session.phoneNumber,
  businessId: null,
  token: null,
  clientName: 'waypost',
  ...UNKNOWN,
  createdAt: session.createdAt,
  updatedAt: session.updatedAt,
  Setting: settingsOf(session),
});

export const Done = z
  .object({
    status: z.literal('SUCCESS'),
    error: z.literal(false),
    response: z.object({ message: z.string() }),
  })
  .openapi('EvolutionDone', {
    example: { status: 'SUCCESS', error: false, response: { message: 'Instance deleted' } },
  });
export const doneWith = (message: string) => ({
  status: 'SUCCESS' as const,
  error: false as const,
  response: { message },
});

/** What the key of an instance may do. */
const TOKEN_SCOPES: readonly Scope[] = [
  'messages:send',
  'messages:read',
  'sessions:read',
  'sessions:write',
  'chats:read',
  'chats:write',
  'contacts:read',
  'contacts:write',
  'groups:read',
  'groups:write',
  'profile:read',
  'profile:write',
  'status:read',
  'status:write',
  'webhooks:read',
  'webhooks:write',
];

/** Those of them that the caller can give. */
export const tokenScopes = (ctx: ServiceContext): Scope[] =>
  TOKEN_SCOPES.filter((scope) => holdsScope(ctx, scope));
