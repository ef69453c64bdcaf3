import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_PROFILES } from '../../../shared/session-status.ts';
import type { EngineSend } from '../port.ts';
import { until } from '../wait.ts';
import { isFromPhone } from './phone-watch.ts';
import { engineLink } from './testing/engine-link.ts';
import type { SandboxLink } from './testing/sandbox-link.ts';
import { newWireId, startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';

const BOB = '15550100002';
const CAROL = '15550100003';
const DORA = '15550104301';
const CHAT = `${BOB}@c.us`;

it.each([
  ['of WhatsApp Web, and ours', '3EB0C0FFEE00C0FFEE0042', false],
  ['of an older WhatsApp Web', '3EB0C0FFEE00C0FFEE00', false],
  ['of a desktop app', '3FC0FFEE00C0FFEE0042', false],
  ['of a desktop app, in the short form', 'C0FFEE00C0FFEE0042', false],
  ['of an iPhone', '3AC0FFEE00C0FFEE0042', true],
  ['of an Android phone', 'AC0FFEE00C0FFEE00C0FFEE00C0FFEE0', true],
  [
    'of an Android phone that happens to begin as a browser’s',
    '3EB0EE00C0FFEE00C0FFEE00C0FFEE00',
    true,
  ],
])('tells an id %s', (_whose, wireId, expected) => {
  expect(isFromPhone(wireId)).toBe(expected);
});

describe.each(SANDBOX_PROFILES)('the phone, on the %s page', (profile) => {
  let sandbox: TestSandbox;
  let link: SandboxLink;
  const startedAt = Date.now();

  beforeAll(async () => {
    sandbox = await startTestSandbox();
    link = engineLink(sandbox, profile, { times: { watchMs: 100 } });
  }, 60_000);
  afterAll(async () => {
    await link.end();
    await sandbox.close();
  });

  const seen = (): number[] =>
    link.events.flatMap((event) => (event.type === 'phone_seen' ? [event.at] : []));

  const isSeenBy = async (act: () => Promise<unknown>): Promise<void> => {
    const before = seen().length;
    await act();
    expect(await until(() => seen().length > before, 10_000)).toBe(true);
  };

  /** The phone reads a chat in the end, which is seen: whatever else was seen came from what was done before. */
  const isNotSeenBy = async (act: () => Promise<unknown>): Promise<void> => {
    const before = seen().length;
    await act();
    const { wireId } = await sandbox.phone.message({ ...link.at, from: CAROL, body: 'read me' });
    await link.fact('message.received', (fact) => fact.wireId === wireId);
    await isSeenBy(() => sandbox.phone.read({ ...link.at, chat: `${CAROL}@c.us` }));
    expect(seen().length - before).toBe(1);
  };

  /** @returns when, as WhatsApp has it: in ms, to the second */
  async function writes(body: string, chat = CHAT): Promise<number> {
    const { t } = await sandbox.phone.message({ ...link.at, from: link.phoneNumber, chat, body });
    return t * 1000;
  }

  const message = (): EngineSend => ({
    wireId: newWireId(),
    chatId: CHAT,
    content: { type: 'text', text: 'by us', linkPreview: false },
  });

  it('is seen when it links', async () => {
    await link.link();
    expect(seen()).toHaveLength(1);
    expect(seen()[0]).toBeGreaterThanOrEqual(startedAt);
  });

  it('is seen by what it writes; a status is no message', async () => {
    await isSeenBy(() => writes('from the phone'));
    expect(seen().at(-1)).toBeGreaterThan(startedAt - 1_000);
    await link.fact('message.received', ({ writtenOn }) => writtenOn === 'phone');
    await isSeenBy(() => writes('a status', 'status@broadcast'));
    const messages = link.events.filter(
      (event) => event.type === 'fact' && event.fact.kind === 'message.received',
    );
    expect(messages).toHaveLength(1);
  });

  it('is seen by what it reads and by its reactions', async () => {
    const { wireId } = await sandbox.phone.message({ ...link.at, from: BOB, body: 'read me' });
    await link.fact('message.received', (fact) => fact.wireId === wireId);
    const before = seen().length;
    await isSeenBy(() => sandbox.phone.read({ ...link.at, chat: CHAT }));
    const reaction = { ...link.at, wireId, from: link.phoneNumber, text: '👍' };
    await isSeenBy(() => sandbox.phone.reaction(reaction));
    expect(seen().length - before).toBe(2);
  });

  it('is not seen by what others do, nor by what we do', async () => {
    await isNotSeenBy(async () => {
      const { wireId } = await sandbox.phone.message({ ...link.at, from: BOB, body: 'hi' });
      await sandbox.phone.reaction({ ...link.at, wireId, from: BOB, text: '👋' });
      await sandbox.phone.edit({ ...link.at, wireId, body: 'hi there' });
    });
    await isNotSeenBy(async () => {
      const sent = message();
      expect(await link.send(sent)).toMatchObject({ outcome: 'sent' });
      await link.fact('message.ack', (fact) => fact.wireId === sent.wireId && fact.ack === 3);
    });
    await isNotSeenBy(async () => {
      const { wireId } = await sandbox.phone.message({ ...link.at, from: DORA, body: 'mark me' });
      await link.fact('message.received', (fact) => fact.wireId === wireId);
      const chatId = `${DORA}@c.us`;
      await link.engine.ask('markChatSeen', { chatId });
      await link.engine.ask('updateChat', { chatId, unread: true });
    });
  });

  it('has as much to read after a send of ours as before', async () => {
    const unread = async () => {
      const { chats } = await sandbox.phone.account(link.at);
      return chats.find(({ id }) => id === CHAT)?.unread;
    };
    const { wireId } = await sandbox.phone.message({ ...link.at, from: BOB, body: 'unread' });
    await link.fact('message.received', (fact) => fact.wireId === wireId);
    const before = await unread();
    expect(before).toBeGreaterThan(0);
    expect(await link.send(message())).toMatchObject({ outcome: 'sent' });
    expect(await unread()).toBe(before);
    const available = `window.require('WAWebStreamModel').Stream.available`;
    expect(await link.onPage(available)).toBe(false);
  });

  it('is seen after a restart by what it wrote meanwhile, at that time', async () => {
    await link.engine.stop();
    const at = await writes('while you were away');
    await link.reopen();
    expect(await until(() => seen().length > 0, 15_000)).toBe(true);
    expect(seen()).toEqual([at]);
  });
});
