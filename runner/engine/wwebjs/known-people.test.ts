import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_PROFILES } from '../../../shared/session-status.ts';
import { engineLink } from './testing/engine-link.ts';
import type { SandboxLink } from './testing/sandbox-link.ts';
import { newWireId, startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';

describe.each(SANDBOX_PROFILES)('who is who, on the %s page', (profile) => {
  let sandbox: TestSandbox;
  let link: SandboxLink;

  beforeAll(async () => {
    sandbox = await startTestSandbox();
    link = engineLink(sandbox, profile);
    await link.link();
  }, 60_000);
  afterEach(async () => {
    expect(await sandbox.phone.violations({ world: link.world })).toEqual({ violations: [] });
  });
  afterAll(async () => {
    await link.end();
    await sandbox.close();
  });

  const person = (phone: string, hides: 'lid' | 'phone' | null) =>
    sandbox.phone.contact({ world: link.world, phone, hides });

  async function hears(from: string, chat?: string) {
    const said = { ...link.at, from, body: 'hello', ...(chat === undefined ? {} : { chat }) };
    const { wireId } = await sandbox.phone.message(said);
    const { fact } = await link.fact('message.received', (one) => one.wireId === wireId);
    return fact;
  }

  /** Sends to a chat; says whom it reached. */
  async function reaches(chatId: string, quotedWireId?: string): Promise<string | undefined> {
    const wireId = newWireId();
    const content = { type: 'text', text: 'answer', linkPreview: false } as const;
    const quoted = quotedWireId === undefined ? {} : { quotedWireId };
    expect(await link.send({ wireId, chatId, content, ...quoted })).toMatchObject({
      outcome: 'sent',
    });
    return (await link.wire()).find((record) => record.wireId === wireId)?.to;
  }

  const chatsOnPage = async (...ids: string[]): Promise<number> => {
    const among = JSON.stringify(ids);
    const js = `window.require('WAWebCollections').Chat.getModelsArray().filter(({ id }) => ${among}.includes(String(id))).length`;
    return Number(await link.onPage(js));
  };

  it('a LID that appears for a person known by number changes no id, and is carried', async () => {
    const phoneId = '15550104001@c.us';
    const { lid } = await person(phoneId, 'lid');
    const first = await hears('15550104001');
    expect(first).toMatchObject({ chatId: phoneId, from: { id: phoneId, lid: null } });

    await person(phoneId, null);
    const second = await hears('15550104001');
    expect(second).toMatchObject({ chatId: phoneId, from: { id: phoneId, lid } });
    for (const chatId of [phoneId, lid]) {
      expect(await reaches(chatId)).toBe(phoneId);
      expect(await reaches(chatId, first.wireId)).toBe(phoneId);
    }
    expect(await chatsOnPage(phoneId, lid)).toBe(1);
  });

  it('a person known by LID is carried with the number as soon as it appears', async () => {
    const phoneId = '15550104002@c.us';
    const { lid } = await person(phoneId, 'phone');
    const first = await hears('15550104002');
    expect(first).toMatchObject({ chatId: lid, from: { id: lid, lid } });
    expect(await reaches(lid, first.wireId)).toBe(phoneId);

    await person(phoneId, null);
    expect(await hears('15550104002')).toMatchObject({ from: { id: phoneId, lid } });
    for (const chatId of [lid, phoneId]) expect(await reaches(chatId, first.wireId)).toBe(phoneId);
    expect(await chatsOnPage(phoneId, lid)).toBe(1);
  });

  it('somebody with a username and no number is told by it, as who writes, is mentioned, and is in a group', async () => {
    const { world } = link;
    const pushname = 'Uma';
    const uma = {
      world,
      phone: '15550104006',
      hides: 'phone',
      username: 'uma.u',
      pushname,
    } as const;
    const { lid } = await sandbox.phone.contact(uma);
    const told = { id: lid, lid, phone: null, username: 'uma.u', name: 'Uma' };
    expect(await hears('15550104006')).toMatchObject({ chatId: lid, from: told, mentions: [] });

    const members = [link.phoneNumber, '15550104006'];
    const { id: chat } = await sandbox.phone.group({
      world,
      owner: '15550100001',
      subject: 'U',
      members,
    });
    const mention = {
      ...link.at,
      chat,
      from: '15550100001',
      body: 'hi',
      mentions: ['15550104006'],
    };
    const { wireId } = await sandbox.phone.message(mention);
    const { fact } = await link.fact('message.received', (one) => one.wireId === wireId);
    expect(fact.mentions).toEqual([told]);
    const action = { kind: 'promote' as const, members: ['15550104006'] };
    await sandbox.phone.groupChange({ world, group: chat, actor: '15550100001', action });
    const promoted = await link.fact(
      'relayed',
      ({ event }) => event.type === 'group.members' && event.data.change === 'promoted',
    );
    expect(promoted.fact.event.data).toMatchObject({ members: [told] });
  });

  it('who writes from a LID is that LID, known or not', async () => {
    const phoneId = '15550104004@c.us';
    const { lid } = await person(phoneId, null);
    expect(await hears(lid)).toMatchObject({ from: { id: phoneId, lid } });
    const stranger = '987654321098765@lid';
    const heard = await hears(stranger);
    expect(heard).toMatchObject({ chatId: stranger, from: { id: stranger, lid: stranger } });
    expect(await hears(stranger, stranger)).toMatchObject({ chatId: stranger });
  });

  it('an error that WhatsApp reports for a message is told, and nothing of it after that', async () => {
    await sandbox.phone.faults({ ...link.at, ackDelaysMs: [0, -1, -1] });
    const wireId = newWireId();
    const content = { type: 'text', text: 'answer', linkPreview: false } as const;
    const chatId = '15550104005@c.us';
    await link.send({ wireId, chatId, content });
    expect(await sandbox.phone.ack({ ...link.at, wireId, ack: -1 })).toEqual({ changed: true });
    await link.fact('message.ack', (one) => one.wireId === wireId && one.ack === -1);
    expect(await link.engine.ask('lookUp', { wireId, chatId })).toMatchObject({ ack: -1 });
    expect(await sandbox.phone.ack({ ...link.at, wireId, ack: 3 })).toEqual({ changed: false });
  });

  it('a group is the same by any name, and no message tells of the new one', async () => {
    const { world } = link;
    const members = [link.phoneNumber, '15550104003'];
    const made = { world, owner: '15550104003', subject: 'Before', members };
    const { id: group } = await sandbox.phone.group(made);
    const before = await hears('15550104003', group);
    const action = { kind: 'subject', subject: 'After' } as const;
    await sandbox.phone.groupChange({ world, group, actor: '15550104003', action });
    const after = await hears('15550104003', group);
    expect([before.chatId, after.chatId]).toEqual([group, group]);
    expect(after.from).toEqual(before.from);
    expect(await reaches(group, before.wireId)).toBe(group);
    expect(await chatsOnPage(group)).toBe(1);
    const inGroup = link.events.filter(
      (event) =>
        event.type === 'fact' &&
        event.fact.kind === 'message.received' &&
        event.fact.chatId === group,
    );
    expect(inGroup).toHaveLength(2);
  });
});
