import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_PROFILES } from '../../../shared/session-status.ts';
import { engineLink } from './testing/engine-link.ts';
import type { SandboxLink } from './testing/sandbox-link.ts';
import { newWireId, startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';

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

  const chat = '15550100001@c.us';
  const onThePhone = (body: string) =>
    sandbox.phone.message({ ...link.at, from: link.phoneNumber, chat, body });
  const echoes = () =>
    link.events.flatMap((event) =>
      event.type === 'fact' &&
      event.fact.kind === 'message.received' &&
      event.fact.writtenOn !== null
        ? [event.fact.text]
        : [],
    );

  it('reports what was written on the phone, and no send of its own', async () => {
    const content = { type: 'text', text: 'by us', linkPreview: false } as const;
    const sent = await link.send({ wireId: newWireId(), chatId: chat, content });
    expect(sent.outcome).toBe('sent');
    const { wireId } = await onThePhone('by hand');
    const { fact } = await link.fact('message.received', (one) => one.wireId === wireId);
    expect(fact).toMatchObject({
      chatId: chat,
      writtenOn: 'phone',
      isGroup: false,
      type: 'text',
      text: 'by hand',
      backfilled: false,
    });
    expect(echoes()).toEqual(['by hand']);
  });

  it('reports what was written on the phone while it was away', async () => {
    await link.engine.stop();
    const { wireId } = await onThePhone('meanwhile');
    await link.reopen();
    const { fact } = await link.fact('message.received', (one) => one.wireId === wireId);
    expect(fact).toMatchObject({ writtenOn: 'phone', text: 'meanwhile', backfilled: true });
  });
});
