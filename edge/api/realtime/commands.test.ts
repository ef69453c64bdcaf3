import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newOwnedSession } from '../../services/reports/testing/report-fixtures.ts';
import { createHarness } from '../../testing/harness.ts';
import { connect } from '../../testing/realtime-client.ts';

const harness = await createHarness();
const Answer = z.looseObject({
  status: z.number(),
  data: z.object({ id: z.string() }),
  meta: z.looseObject({ requestId: z.string() }),
});

const command = (id: string, name: string, input: object, more: object = {}) => ({
  type: 'command',
  id,
  command: name,
  input,
  ...more,
});

describe('a command over the socket', () => {
  it('sends a message once for one idempotency key, as its route does', async () => {
    const { apiKey: key, sessionId } = await newOwnedSession(harness);
    const client = await connect(harness, '', { key });
    const input = { kind: 'text', sessionId, to: '+15550100001', text: 'hello' };
    client.send(command('1', 'send_message', input, { idempotencyKey: 'order-1' }));
    const first = Answer.parse(await client.answer('1'));
    expect([first.status, first.meta.requestId]).toEqual([202, expect.stringMatching(/^req_/)]);
    client.send(command('2', 'send_message', input, { idempotencyKey: 'order-1' }));
    expect(Answer.parse(await client.answer('2')).data.id).toBe(first.data.id);
    const { kind: _kind, ...body } = input;
    const byRoute = await harness.call('POST', '/v1/messages/text', {
      key,
      body,
      headers: { 'idempotency-key': 'order-1' },
    });
    expect(byRoute.data).toMatchObject({ id: first.data.id });
  });

  it('creates a session and disconnects it', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const client = await connect(harness, '', { key });
    client.send(command('1', 'create_session', { name: 'till', mode: 'sandbox' }));
    const { status, data } = Answer.parse(await client.answer('1'));
    expect(status).toBe(201);
    client.send(command('2', 'disconnect_session', { sessionId: 'till' }));
    expect(Answer.parse(await client.answer('2')).data.id).toBe(data.id);
    const shown = await harness.call('GET', `/v1/sessions/${data.id}`, { key });
    expect(shown).toMatchObject({ data: { status: 'disconnected' } });
  });

  const refusals: [string, string[], object, object][] = [
    [
      'a scope is missing',
      ['events:read'],
      command('1', 'send_message', { kind: 'text', to: '+15550100001', text: 'x' }),
      { status: 403, error: { code: 'FORBIDDEN', details: { scope: 'messages:send' } } },
    ],
    [
      'the input is wrong',
      ['*'],
      command('1', 'create_session', { mode: 'nonsense' }),
      { status: 422, error: { code: 'VALIDATION_ERROR' } },
    ],
    [
      'the kind is no kind',
      ['*'],
      command('1', 'send_message', { kind: '../../keys', text: 'x' }),
      { success: false, error: { code: 'VALIDATION_ERROR' } },
    ],
    [
      'the kind is missing',
      ['*'],
      command('1', 'send_message', { text: 'x' }),
      { success: false, error: { code: 'VALIDATION_ERROR' } },
    ],
    ...['create_session', 'disconnect_session'].map((name): [string, string[], object, object] => [
      `${name} has an idempotency key`,
      ['*'],
      command('1', name, { sessionId: 'till' }, { idempotencyKey: 'till-1' }),
      {
        success: false,
        error: { code: 'VALIDATION_ERROR', details: { fields: [{ field: 'idempotencyKey' }] } },
      },
    ]),
    [
      'the session is not there',
      ['*'],
      command('1', 'disconnect_session', { sessionId: 'nobody' }),
      { status: 404, error: { code: 'SESSION_NOT_FOUND' } },
    ],
  ];
  it.each(refusals)('is refused when %s', async (_name, scopes, frame, answer) => {
    const { workspaceId } = await harness.newWorkspace();
    const { apiKey: key } = await harness.newKey(workspaceId, { scopes });
    const client = await connect(harness, '', { key });
    client.send(frame);
    expect(await client.answer('1')).toMatchObject({ type: 'answer', id: '1', ...answer });
  });

  it('has the rights of whoever got the token, and no session but theirs', async () => {
    const one = await newOwnedSession(harness);
    const { id: other } = await harness.newSession({ workspaceId: one.workspaceId });
    const { apiKey } = await harness.newKey(one.workspaceId, { sessionId: other });
    const made = await harness.call('POST', '/v1/realtime/token', { key: apiKey });
    const { token } = z.object({ token: z.string() }).parse(made.data);
    const client = await connect(harness, `token=${token}`);
    client.send(command('1', 'disconnect_session', { sessionId: one.sessionId }));
    expect(await client.answer('1')).toMatchObject({ status: 403, error: { code: 'FORBIDDEN' } });
  });
});
