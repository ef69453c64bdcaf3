import { expect, test } from 'vitest';
import { claimMessages } from '../services/queue/claim.ts';
import { PERSON, knownPerson, said } from '../services/erasures/testing/known-person.ts';
import { ack } from '../services/reports/testing/report-fixtures.ts';
import { createHarness, idOf } from '../testing/harness.ts';

const harness = await createHarness();
const contact = PERSON.phone ?? '';

test.each(['+1 555 010 0001', PERSON.id, PERSON.lid, ' @ADA.erasable'])(
  'a person is found as %s',
  async (spelling) => {
    const { call } = await knownPerson(harness);
    const id = idOf(await call('POST', '/erasures', { contact: spelling }));
    expect((await call('GET', `/erasures/${id}`)).data).toMatchObject({ counts: { people: 1 } });
    for (const known of [PERSON.id, PERSON.lid])
      expect((await call('GET', `/erasures?contact=${known}`)).data).toMatchObject([{ id }]);
    expect((await call('GET', '/erasures?contact=%2B15550100002')).data).toEqual([]);
  },
);

test.each([
  ['@nobody', 404],
  ['120363012345678901@g.us', 422],
  ['Ada', 422],
])('%s is nobody', async (spelling, status) => {
  const { apiKey: key } = await harness.newWorkspace();
  const body = { contact: spelling };
  expect((await harness.call('POST', '/v1/erasures', { key, body })).status).toBe(status);
});

test('asking again while it is under way makes no second erasure', async () => {
  const { call } = await knownPerson(harness);
  const first = await call('POST', '/erasures', { contact });
  const again = await call('POST', '/erasures', { contact: PERSON.lid });
  // Its file is still in the storage.
  expect(again).toMatchObject({ status: 202, data: { id: idOf(first), status: 'running' } });
  const { erasures } = harness.schema;
  await harness.db.update(erasures).set({ status: 'done', ids: null });
  const later = await call('POST', '/erasures', { contact });
  expect(idOf(later)).not.toBe(idOf(first));
  expect((await call('GET', '/erasures')).data).toMatchObject([
    { id: idOf(later) },
    { id: idOf(first), counts: { people: 1 } },
  ]);
});

test('whoever had opted out is still sent nothing, until the opt-out is deleted', async () => {
  const { call, id: sessionId } = await knownPerson(harness);
  await call('POST', '/erasures', { contact });
  expect((await call('GET', '/opt-outs')).data).toEqual([]);
  const send = (to: string | null) => call('POST', '/messages/text', { to, text: 'Hi' });
  const refused = { status: 422, error: { code: 'RECIPIENT_OPTED_OUT' } };
  expect(await send(contact)).toMatchObject(refused);
  expect(await send(PERSON.lid)).toMatchObject(refused);
  const bulk = { text: 'Hi', recipients: [{ to: contact }, { to: '+15550100003' }] };
  expect((await call('POST', '/messages/bulk', bulk)).data).toMatchObject({
    leftOut: [{ reason: 'opted_out' }],
  });
  const optOut = idOf(await call('POST', '/opt-outs', { person: contact }));
  expect((await call('DELETE', `/opt-outs/${optOut}`)).status).toBe(200);
  const sent = [idOf(await send(contact)), idOf(await send(PERSON.lid))];
  const input = { sessionId, epoch: 1, limit: 20 };
  const { messages } = await claimMessages({ services: harness.services(), input });
  expect(messages.map(({ messageId }) => messageId)).toEqual(expect.arrayContaining(sent));
});

test('a runner is handed nothing for whoever had opted out before they were erased', async () => {
  const { call, id: sessionId, workspaceId } = await knownPerson(harness);
  await call('POST', '/erasures', { contact });
  const { messages } = harness.schema;
  await harness.db.insert(messages).values({
    id: 'msg_late',
    workspaceId,
    sessionId,
    direction: 'outbound',
    chatId: PERSON.id,
    type: 'text',
    content: { type: 'text', text: 'Hi', linkPreview: true },
    status: 'queued',
    statusRank: 0,
    queueSeq: 1_000,
  });
  const input = { sessionId, epoch: 1, limit: 20 };
  const claimed = await claimMessages({ services: harness.services(), input });
  expect(claimed.messages.map(({ messageId }) => messageId)).not.toContain('msg_late');
});

test('what is reported late brings nothing back, and what is new is kept', async () => {
  const { call, report, wireId, sent } = await knownPerson(harness);
  await call('POST', '/erasures', { contact });
  const list = async () => (await call('GET', '/messages')).data as { id: string }[];
  const before = await list();
  const timestamp = Date.now();
  await report(
    said('TEXT'),
    { ...ack(wireId, 3), wireKey: `true_${PERSON.id}_${wireId}` },
    {
      kind: 'message.edited',
      wireId: 'TEXT',
      chatId: PERSON.id,
      fromMe: false,
      text: 'erasable again',
      timestamp,
    },
  );
  const after = await list();
  expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  expect(JSON.stringify(after)).not.toContain('erasable');
  expect((await call('GET', `/messages/${sent}`)).data).toMatchObject({
    chatId: 'erased',
    status: 'read',
  });
  await report(said('NEW', { text: 'hello again' }));
  const [news] = await list();
  expect(news).toMatchObject({ chatId: PERSON.id, content: { text: 'hello again' } });
});

test('only owners and their keys may erase, and see that it was done', async () => {
  const { workspaceId, id: sessionId, call } = await knownPerson(harness);
  const member = await harness.newUser({ workspaceId, role: 'member', allSessions: true });
  const owner = await harness.newUser({ workspaceId });
  const keys = [
    member.token,
    (await harness.newKey(workspaceId, { sessionId })).apiKey,
    (await harness.newKey(workspaceId, { mode: 'test' })).apiKey,
    (await harness.newKey(workspaceId, { scopes: ['contacts:*', 'messages:*'] })).apiKey,
    (await harness.newKey(workspaceId, { userId: member.userId })).apiKey,
  ];
  const done = idOf(await call('POST', '/erasures', { contact: '+15550100009' }));
  for (const key of keys)
    for (const [method, path, body] of [
      ['POST', '', { contact }],
      ['GET', '', undefined],
      ['GET', `/${done}`, undefined],
    ] as const)
      expect(
        await harness.call(method, `/v1/erasures${path}`, { key, ...(body && { body }) }),
      ).toMatchObject({ status: 403, error: { code: 'FORBIDDEN' } });
  const key = owner.token;
  const asked = await harness.call('POST', '/v1/erasures', { key, body: { contact } });
  expect(asked).toMatchObject({ status: 202, data: { createdBy: owner.userId } });
});
