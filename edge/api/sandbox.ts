import type { CommandInput, CommandOutput } from '../../shared/protocol/index.ts';
import type { ServiceContext } from '../context.ts';
import { askSession } from '../services/live/ask-session.ts';
import { receiveSandboxMessage } from '../services/sandbox/receive-sandbox-message.ts';
import { setSandboxAcks } from '../services/sandbox/set-sandbox-acks.ts';
import { readPhone } from '../services/workspace/local-numbers.ts';
import type { SandboxCommand } from '../services/sandbox/internal.ts';
import { area, operation } from './operation.ts';
import {
  Done,
  SandboxAcks,
  SandboxMessage,
  SandboxNetwork,
  SandboxReceived,
  SandboxScanned,
  SandboxState,
  ScanSandbox,
  SessionRef,
} from './sandbox/schemas.ts';
import { scope } from './takes.ts';

const errors = [
  'SESSION_NOT_FOUND',
  'SESSION_NOT_READY',
  'NOT_SUPPORTED',
  'NOT_FOUND',
  'CONFLICT',
] as const;
/** Base64 of a file of 1 MiB, and what is said with it. */
const MESSAGE_LIMIT_BYTES = 2 * 1024 * 1024;

export const sandbox = area('Sandbox', [
  operation({
    id: 'getSandbox',
    method: 'get',
    path: '/v1/sessions/{id}/sandbox',
    takes: scope('sessions:write'),
    summary: 'Get the state of the simulated phone',
    params: SessionRef,
    answer: [200, 'Its state.', SandboxState],
    errors,
    run: ({ ctx, params }) => ask(ctx, params.id, 'sandbox.state', {}),
  }),
  operation({
    id: 'scanSandbox',
    method: 'post',
    path: '/v1/sessions/{id}/sandbox/scan',
    takes: scope('sessions:write'),
    summary: 'Scan the QR code with the simulated phone',
    params: SessionRef,
    body: { schema: ScanSandbox, example: { phone: '+15550100001', name: 'Ada' } },
    answer: [200, 'The phone is linked.', SandboxScanned],
    errors,
    run: async ({ ctx, params, body: { phone, ...body } }) => {
      const number = phone === undefined ? {} : { phone: await readPhone(ctx, phone) };
      return ask(ctx, params.id, 'sandbox.scan', { ...body, ...number });
    },
  }),
  operation({
    id: 'receiveSandboxMessage',
    method: 'post',
    path: '/v1/sessions/{id}/sandbox/messages',
    takes: scope('sessions:write'),
    summary: 'Receive a message on the simulated phone',
    params: SessionRef,
    body: {
      schema: SandboxMessage,
      example: { from: '+15550100002', name: 'Grace', text: 'Hello!' },
      limitBytes: MESSAGE_LIMIT_BYTES,
    },
    answer: [200, 'The message is delivered to the phone.', SandboxReceived],
    errors,
    run: ({ ctx, params, body: { from, chatId = null, quotedMessageId = null, ...message } }) =>
      receiveSandboxMessage({
        ctx,
        input: { ...params, from, chatId, message, quotedMessageId },
      }),
  }),
  operation({
    id: 'setSandboxAcks',
    method: 'post',
    path: '/v1/sessions/{id}/sandbox/acks',
    takes: scope('sessions:write'),
    summary: 'Acknowledge a message, or set when later ones are acknowledged',
    params: SessionRef,
    body: { schema: SandboxAcks, example: { delaysMs: [200, 500, 1000] } },
    answer: [200, 'Done.', Done],
    errors,
    run: ({ ctx, params, body: { messageId = null, ack = null, delaysMs = null } }) =>
      setSandboxAcks({ ctx, input: { ...params, messageId, ack, delaysMs } }),
  }),
  operation({
    id: 'setSandboxNetwork',
    method: 'post',
    path: '/v1/sessions/{id}/sandbox/network',
    takes: scope('sessions:write'),
    summary: "Cut the phone's network, or restore it",
    params: SessionRef,
    body: { schema: SandboxNetwork, example: { online: false, forMs: 5000 } },
    answer: [200, 'Done.', Done],
    errors,
    run: ({ ctx, params, body }) => ask(ctx, params.id, 'sandbox.network', body),
  }),
  operation({
    id: 'unlinkSandbox',
    method: 'post',
    path: '/v1/sessions/{id}/sandbox/unlink',
    takes: scope('sessions:write'),
    summary: 'Unlink the session on the phone',
    params: SessionRef,
    answer: [200, 'Done.', Done],
    errors,
    run: ({ ctx, params }) => ask(ctx, params.id, 'sandbox.unlink', {}),
  }),
]);

/** What only relays: the row of the catalogue says the rest. */
async function ask<Name extends SandboxCommand>(
  ctx: ServiceContext,
  id: string,
  name: Name,
  input: CommandInput<Name>,
): Promise<CommandOutput<Name>> {
  return (await askSession({ ctx, input: { id, name, ask: input } })).output;
}
