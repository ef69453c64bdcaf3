import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { EngineSend } from '../port.ts';
import { until } from '../wait.ts';
import { engineLink } from './testing/engine-link.ts';
import { hideAnswers } from './testing/hide-answers.ts';
import type { SandboxLink } from './testing/sandbox-link.ts';
import { newWireId, startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';
import { OUTBOUND_TIMES } from './times.ts';

let sandbox: TestSandbox;
let link: SandboxLink;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  const outbound = { ...OUTBOUND_TIMES, previewMs: 1_000, textMs: 3_000 };
  link = engineLink(sandbox, 'stock', { times: { watchMs: 100, outbound } });
  await link.link();
});
afterAll(async () => {
  await link.end();
  await sandbox.close();
});
beforeEach(() => {
  link.events.length = 0;
});

function message(more: Partial<EngineSend> = {}): EngineSend {
  return {
    wireId: newWireId(),
    chatId: '15550100001@c.us',
    content: { type: 'text', text: 'hello', linkPreview: false },
    ...more,
  };
}

async function onWire(wireId: string): Promise<{ attempts: number; body: string }[]> {
  return (await link.wire()).filter((record) => record.wireId === wireId);
}

it('sends a text without its preview when that cannot be had', async () => {
  const stuck = 'new Promise(() => undefined)';
  await link.onPage(
    `window.require('WAWebLinkPreviewChatAction').getLinkPreview = () => ${stuck}; 1`,
  );
  const text = 'see https://example.com/';
  const linked = message({ content: { type: 'text', text, linkPreview: true } });
  expect(await link.send(linked)).toMatchObject({ outcome: 'sent' });
  expect(await onWire(linked.wireId)).toMatchObject([{ attempts: 1, body: text }]);
});

it('says that a text may be tried again which the page never handed over, and then sends it once', async () => {
  await link.onPage(`(() => {
    window.__stuck = true;
    const { getChat } = window.WWebJS;
    window.WWebJS.getChat = (...given) => window.__stuck ? new Promise(() => undefined) : getChat(...given);
  })()`);
  const late = message({ content: { type: 'text', text: 'late', linkPreview: false } });
  expect(await link.send(late)).toMatchObject({ outcome: 'failed', code: 'UNAVAILABLE' });
  await link.onPage('window.__stuck = false');
  expect(await link.send(late)).toMatchObject({ outcome: 'sent' });
  expect(await onWire(late.wireId)).toMatchObject([{ attempts: 1 }]);
});

it('sends once, under one id, when the answer was lost and the line came back', async () => {
  await sandbox.phone.faults({ ...link.at, loseAck: 1 });
  const lost = message();
  const sending = link.engine.send(lost);
  await until(async () => (await onWire(lost.wireId)).length === 1, 20_000);
  await sandbox.phone.network({ ...link.at, online: false, forMs: 200 });
  expect(['sent', 'accepted']).toContain((await sending).outcome);
  await link.fact('message.ack', ({ wireId, ack }) => wireId === lost.wireId && ack >= 1);
  expect(await onWire(lost.wireId)).toMatchObject([{ attempts: 2 }]);
  expect(await sandbox.phone.violations({ world: link.world })).toEqual({ violations: [] });
});

it('finds out what became of a send when the page is reloaded under it', async () => {
  await hideAnswers(link);
  await sandbox.phone.faults({ ...link.at, sendLatencyMs: 1_000 });
  const first = message();
  const sending = link.engine.send(first);
  const begun = `window.__waypost.sends.get('${first.wireId}') === 'begun'`;
  await until(async () => (await link.onPage(begun)) === true, 20_000);
  await sandbox.phone.pageReload(link.at);
  expect(['sent', 'accepted']).toContain((await sending).outcome);
  await link.fact('message.ack', ({ wireId, ack }) => wireId === first.wireId && ack >= 1);
  expect(await onWire(first.wireId)).toHaveLength(1);
  await sandbox.phone.faults({ ...link.at, sendLatencyMs: 0 });
  await link.event('connection', ({ connected }) => connected);
  const sent = await sandbox.phone.message({ ...link.at, from: '15550100002', body: 'once' });
  await link.fact('message.received', ({ wireId }) => wireId === sent.wireId);
  // Each load puts the library's listeners on the page again.
  const told = link.events.filter(
    (event) => event.type === 'fact' && event.fact.kind === 'message.received',
  );
  expect(told).toHaveLength(1);
  const { violations } = await sandbox.phone.violations({ world: link.world });
  expect(violations).toEqual([]);
});
