import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_PROFILES } from '../../../shared/session-status.ts';
import { engineLink } from './testing/engine-link.ts';
import type { SandboxLink } from './testing/sandbox-link.ts';
import { newWireId, startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';

const [alice, bob] = ['15550100001', '15550100002'];

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

describe.each(SANDBOX_PROFILES)('a send that WhatsApp would drop, on the %s page', (profile) => {
  let link: SandboxLink;
  beforeAll(async () => {
    link = engineLink(sandbox, profile);
    await link.link();
  }, 60_000);
  afterAll(() => link.end());

  const send = (chatId: string) => {
    const content = { type: 'text', text: 'Hello', linkPreview: false } as const;
    return link.send({ wireId: newWireId(), chatId, content });
  };
  const onTheWire = async (chatId: string): Promise<number> =>
    (await link.wire()).filter(({ to }) => to === chatId).length;

  /** A group of Alice's with this number in it, to which it has written once. */
  async function groupOfAlice() {
    const members = [link.phoneNumber, bob];
    const made = { world: link.world, owner: alice, subject: 'Hers', members };
    const { id } = await sandbox.phone.group(made);
    expect(await send(id)).toMatchObject({ outcome: 'sent' });
    type Change = Parameters<typeof sandbox.phone.groupChange>[0]['action'];
    const change = (action: Change) =>
      sandbox.phone.groupChange({ world: link.world, group: id, actor: alice, action });
    const shows = async (wanted: object): Promise<void> => {
      const shown = () => link.engine.ask('getGroup', { groupId: id }).catch((error) => error);
      await expect.poll(shown).toMatchObject(wanted);
    };
    return { id, change, shows };
  }
  const me = () => `${link.phoneNumber}@c.us`;
  const NOT_A_MEMBER = {
    outcome: 'failed',
    code: 'MESSAGE_FAILED',
    message: 'This number is not a member of the group.',
  };

  it('to a group that the number has left', async () => {
    const { id } = await groupOfAlice();
    await link.engine.ask('leaveGroup', { groupId: id });
    expect(await send(id)).toMatchObject(NOT_A_MEMBER);
    expect(await onTheWire(id)).toBe(1);
  });

  it('to a group that removed the number; once it is back, the next one is sent', async () => {
    const { id, change, shows } = await groupOfAlice();
    await change({ kind: 'remove', members: [me()] });
    await shows({ code: 'NOT_FOUND' });
    expect(await send(id)).toMatchObject(NOT_A_MEMBER);
    await change({ kind: 'add', members: [me()] });
    await shows({ myRole: 'member' });
    expect(await send(id)).toMatchObject({ outcome: 'sent' });
    expect(await onTheWire(id)).toBe(2);
  });

  it('and asks WhatsApp about no group that the page knows', async () => {
    const { id, change, shows } = await groupOfAlice();
    await link.onPage(`(() => {
      const { GroupMetadata } = require('WAWebCollections');
      const update = GroupMetadata.update.bind(GroupMetadata);
      globalThis.asked = 0;
      GroupMetadata.update = (...args) => {
        globalThis.asked += 1;
        return update(...args);
      };
      return true;
    })()`);
    const asked = () => link.onPage('globalThis.asked');
    const mention = (one: string) => {
      const text = { type: 'text', text: 'hi', linkPreview: false } as const;
      const content = { ...text, mentions: [one] };
      return link.send({ wireId: newWireId(), chatId: id, content });
    };
    expect(await mention(`${bob}@c.us`)).toMatchObject({ outcome: 'sent' });
    expect(await asked()).toBe(0);
    expect(await mention('15550100003@c.us')).toMatchObject({ code: 'MESSAGE_FAILED' });
    expect(await asked()).toBe(1);
    await change({ kind: 'remove', members: [me()] });
    await shows({ code: 'NOT_FOUND' });
    await link.onPage('globalThis.asked = 0');
    expect(await send(id)).toMatchObject(NOT_A_MEMBER);
    expect(await asked()).toBe(0);
  });

  it('to a group where only admins write, unless the number is one', async () => {
    const { id, change, shows } = await groupOfAlice();
    await change({ kind: 'setting', setting: 'announce', on: true });
    await shows({ settings: { onlyAdminsSend: true } });
    expect(await send(id)).toMatchObject({
      outcome: 'failed',
      code: 'MESSAGE_FAILED',
      message: 'Only admins can write in this group.',
    });
    await change({ kind: 'promote', members: [me()] });
    await shows({ myRole: 'admin' });
    expect(await send(id)).toMatchObject({ outcome: 'sent' });
    expect(await onTheWire(id)).toBe(2);
  });

  it('to somebody whom the session has blocked', async () => {
    const chatId = `${bob}@c.us`;
    await link.engine.ask('blockContact', { chatId, blocked: true });
    expect(await send(chatId)).toMatchObject({
      outcome: 'failed',
      code: 'MESSAGE_FAILED',
      message: 'This session has blocked the recipient; unblock them first.',
    });
    await link.engine.ask('blockContact', { chatId, blocked: false });
    expect(await send(chatId)).toMatchObject({ outcome: 'sent' });
    expect(await onTheWire(chatId)).toBe(1);
  });

  it('to a LID of nobody', async () => {
    const chatId = '99999999999999@lid';
    expect(await send(chatId)).toMatchObject({
      outcome: 'failed',
      code: 'RECIPIENT_NOT_ON_WHATSAPP',
    });
    expect(await onTheWire(chatId)).toBe(0);
  });

  it('but not one to oneself', async () => {
    expect(await send(me())).toMatchObject({ outcome: 'sent' });
    expect(await onTheWire(me())).toBe(1);
  });
});
