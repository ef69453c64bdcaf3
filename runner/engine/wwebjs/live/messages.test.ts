import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_PROFILES } from '../../../../shared/session-status.ts';
import type { EngineInput, EngineOperation } from '../../operations.ts';
import { engineLink } from '../testing/engine-link.ts';
import type { SandboxLink } from '../testing/sandbox-link.ts';
import { newWireId, startTestSandbox, type TestSandbox } from '../testing/sandbox-link.ts';

const alice = '15550100001@c.us';
const DAY = 86_400;

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

describe.each(SANDBOX_PROFILES)('on the page %s', (profile) => {
  let link: SandboxLink;
  beforeAll(async () => {
    link = engineLink(sandbox, profile);
    await link.link();
  });
  afterAll(() => link.end());

  const ask = <Name extends EngineOperation>(name: Name, input: EngineInput<Name>) =>
    link.engine.ask(name, input);
  const refused = (code: string, details?: object) =>
    expect.objectContaining({
      code,
      ...(details && { details: expect.objectContaining(details) }),
    });

  /** A message of ours that WhatsApp has, as operations name it. */
  async function says(text = 'hello', chatId = alice) {
    const wireId = newWireId();
    const content = { type: 'text', text, linkPreview: false } as const;
    const sent = await link.send({ wireId, chatId, content });
    if (sent.outcome !== 'sent') throw new Error(JSON.stringify(sent));
    return { chatId, reference: sent.wireKey, wireId };
  }

  /** A message of somebody else's. */
  async function hears(body = 'hi', from = '15550100001') {
    const { wireId } = await sandbox.phone.message({ ...link.at, from, body });
    const { fact } = await link.fact('message.received', (one) => one.wireId === wireId);
    return { chatId: fact.chatId, reference: fact.wireKey, wireId };
  }
  const place = ({ chatId, reference }: Awaited<ReturnType<typeof says>>) => ({
    chatId,
    reference,
  });
  /** Makes a message of ours so many seconds older than it is. */
  const age = (wireId: string, seconds: number) =>
    link.onPage(
      `const { Msg } = require('WAWebCollections');
       Msg.getModelsArray().find(({ id }) => id.id === '${wireId}').t -= ${seconds};`,
    );

  it.each([
    ['of others', hears],
    ['of its own', says],
  ])('reacts to messages %s, changes the reaction and removes it', async (_whose, given) => {
    const message = await given();
    for (const emoji of ['👍', '👩🏽‍🚀', '']) {
      const { at, by } = await ask('reactToMessage', { ...place(message), emoji });
      expect(by).toMatchObject({ id: `${link.phoneNumber}@c.us`, name: 'Zed' });
      const { fact } = await link.fact(
        'message.reaction',
        (one) => one.wireId === message.wireId && one.emoji === emoji,
      );
      expect(fact).toMatchObject({
        chatId: alice,
        fromMe: true,
        from: { id: by.id, lid: by.lid },
        timestamp: at,
      });
    }
  });

  it('edits a message of its own, for 15 minutes', async () => {
    const message = await says('helo');
    const { at } = await ask('editMessage', { ...place(message), text: 'hello' });
    const { fact } = await link.fact('message.edited', ({ wireId }) => wireId === message.wireId);
    expect(fact).toMatchObject({ chatId: alice, fromMe: true, text: 'hello', timestamp: at });
    expect(await ask('editMessage', { ...place(message), text: 'hello' })).toEqual({
      text: 'hello',
      at,
    });
    await age(message.wireId, 15 * 60);
    await expect(ask('editMessage', { ...place(message), text: 'hallo' })).rejects.toEqual(
      refused('CONFLICT', { reason: 'too_old' }),
    );
  });

  it('does not edit what is not its own, has no text, or was deleted', async () => {
    const edit = async (message: { chatId: string; reference: string }) =>
      ask('editMessage', { chatId: message.chatId, reference: message.reference, text: 'x' });
    await expect(edit(await hears())).rejects.toEqual(refused('CONFLICT', { reason: 'not_yours' }));
    const wireId = newWireId();
    const content = { type: 'location', latitude: 1, longitude: 2 } as const;
    const sent = await link.send({ wireId, chatId: alice, content });
    if (sent.outcome !== 'sent') throw new Error(sent.outcome);
    await expect(edit({ chatId: alice, reference: sent.wireKey })).rejects.toEqual(
      refused('CONFLICT', { reason: 'no_text' }),
    );
    const gone = await says();
    await ask('deleteMessage', { ...place(gone), for: 'everyone' });
    await expect(edit(gone)).rejects.toEqual(refused('CONFLICT', { reason: 'deleted' }));
    await expect(edit({ chatId: alice, reference: '3EB0NONE' })).rejects.toEqual(
      refused('NOT_FOUND'),
    );
  });

  it('deletes a message of its own for everyone, while WhatsApp allows it', async () => {
    const message = await says();
    await ask('deleteMessage', { ...place(message), for: 'everyone' });
    const { fact } = await link.fact('message.revoked', ({ wireId }) => wireId === message.wireId);
    expect(fact).toMatchObject({ chatId: alice, fromMe: true });
    const again = await ask('deleteMessage', { ...place(message), for: 'everyone' });
    expect(again.at).toBeGreaterThan(0);
    const old = await says();
    await age(old.wireId, 60 * 3_600);
    await expect(ask('deleteMessage', { ...place(old), for: 'everyone' })).rejects.toEqual(
      refused('CONFLICT', { reason: 'too_old' }),
    );
    await expect(
      ask('deleteMessage', { ...place(await hears()), for: 'everyone' }),
    ).rejects.toEqual(refused('CONFLICT', { reason: 'not_yours' }));
  });

  it('deletes messages of others in a group only as its admin', async () => {
    const members = [link.phoneNumber];
    const made = { world: link.world, subject: 'Hers', owner: '15550100001', members };
    const { id } = await sandbox.phone.group(made);
    const { wireId } = await sandbox.phone.message({
      ...link.at,
      from: '15550100001',
      chat: id,
      body: 'hi all',
    });
    const { fact } = await link.fact('message.received', (one) => one.wireId === wireId);
    await expect(
      ask('deleteMessage', { chatId: id, reference: fact.wireKey, for: 'everyone' }),
    ).rejects.toEqual(refused('FORBIDDEN', { needs: 'admin' }));
  });

  it.each([
    ['of others', hears],
    ['of its own', says],
  ])('deletes messages %s on this account alone', async (_whose, given) => {
    const message = await given();
    await ask('deleteMessage', { ...place(message), for: 'me' });
    await expect(ask('reactToMessage', { ...place(message), emoji: '👍' })).rejects.toEqual(
      refused('NOT_FOUND'),
    );
  });

  it('stars a message, and takes the star away', async () => {
    const message = await hears();
    for (const starred of [true, false])
      expect(await ask('starMessage', { ...place(message), starred })).toEqual({ starred });
  });

  it('pins a message for a time, and unpins it', async () => {
    const message = await says();
    const { until } = await ask('pinMessage', { ...place(message), seconds: DAY });
    expect(until).toBeGreaterThan(Date.now() + (DAY - 60) * 1_000);
    expect(await ask('pinMessage', { ...place(message), seconds: 0 })).toEqual({ until: null });
  });
});
