import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FactReport } from '../../shared/protocol/runner-reports.ts';
import type { EngineEvent } from '../engine/port.ts';
import { until } from '../testing/until.ts';
import { useStage } from '../testing/use-stage.ts';

const stage = useStage();

type Received = Extract<FactReport, { kind: 'message.received' }>;

function received(text: string, change: Partial<Received> = {}): EngineEvent {
  const fact: Received = {
    kind: 'message.received',
    wireId: `WIRE-${text}`,
    wireKey: `false_15550100001@c.us_WIRE-${text}`,
    chatId: '15550100001@c.us',
    from: { id: '15550100001@c.us', lid: null, name: 'Alice' },
    isGroup: false,
    type: 'text',
    text,
    media: null,
    location: null,
    vcards: [],
    poll: null,
    quotedWireId: null,
    mentions: [],
    timestamp: 1_800_000_000_000,
    backfilled: false,
    writtenOn: null,
    ...change,
  };
  return { type: 'fact', fact };
}

function withFile(text: string, bytes = 'pixels'): EngineEvent {
  const path = join(stage().dataDir, `${text}.png`);
  writeFileSync(path, bytes);
  const media = {
    mimetype: 'image/png',
    filename: null,
    sizeBytes: bytes.length,
    mediaId: null,
    error: null,
  };
  const event = received(text, { type: 'image', media });
  if (event.type !== 'fact') throw new Error('not a fact');
  return {
    ...event,
    file: { path, mimetype: 'image/png', filename: null, sizeBytes: bytes.length },
  };
}

const receivedTexts = (session: string): (string | null)[] =>
  stage()
    .edge.told(session, 'message.received')
    .map(({ text }) => text);

const spoolDir = (): string => join(stage().dataDir, 'data/spool');

const spooledFacts = (): string =>
  readdirSync(spoolDir())
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => readFileSync(join(spoolDir(), name), 'utf8'))
    .join('');

async function online(): Promise<string> {
  const { edge } = stage();
  const session = edge.addSession();
  await stage().startHere();
  await edge.online(session);
  return session;
}

describe('reports', () => {
  it('go in smaller batches to an edge that gives no answer to large ones', async () => {
    const { edge, whatsapp } = stage();
    const session = await online();
    edge.down.add('reports');
    const texts = Array.from({ length: 150 }, (_nothing, index) => `number ${index}`);
    for (const text of texts) whatsapp.engineOf(session).emit(received(text));
    edge.mostReports = 40;
    edge.down.delete('reports');
    await until('all have arrived', () => receivedTexts(session).length === texts.length);
    expect(receivedTexts(session)).toEqual(texts);
  });

  it('reach the edge in the order in which they happened', async () => {
    const session = await online();
    const engine = stage().whatsapp.engineOf(session);
    const all = Array.from({ length: 500 }, (_, index) => `text ${index}`);
    for (const text of all) engine.emit(received(text));
    await until('all are there', () => receivedTexts(session).length === all.length);
    expect(receivedTexts(session)).toEqual(all);
  });

  it('wait on the disk while the edge is away, and come once it is back', async () => {
    const session = await online();
    const { edge, whatsapp } = stage();
    edge.down.add('reports');
    whatsapp.engineOf(session).emit(received('kept'));
    await until('it is on the disk', () => spooledFacts().includes('kept'));
    expect(receivedTexts(session)).toEqual([]);
    edge.down.clear();
    await until('it is there', () => receivedTexts(session).length === 1);
  });

  it('are taken once when the edge’s yes gets lost', async () => {
    const session = await online();
    const { edge, whatsapp } = stage();
    edge.loseAnswerOf.add('reports');
    whatsapp.engineOf(session).emit(received('once'));
    await until('it arrived', () => receivedTexts(session).length === 1);
    edge.loseAnswerOf.clear();
    whatsapp.engineOf(session).emit(received('next'));
    await until('the next arrived', () => receivedTexts(session).includes('next'));
    expect(receivedTexts(session)).toEqual(['once', 'next']);
  });

  it('of a killed boot go first, before those of the next, torn line or not', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    edge.down.add('reports');
    await stage().spawn();
    await until(
      'something is on the disk',
      () => existsSync(spoolDir()) && spooledFacts().includes('online'),
    );
    const { bootId } = edge.runner;
    await stage().kill();
    appendFileSync(join(spoolDir(), `${bootId}.jsonl`), '{"put":{"report":{"bootId"');
    edge.down.clear();
    await stage().spawn();
    await until('the new boot is online', () =>
      edge.reports.some((report) => report.bootId !== bootId),
    );
    const boots = edge.reports.map((report) => report.bootId === bootId);
    expect(boots.indexOf(false)).toBeGreaterThan(0);
    expect(boots.lastIndexOf(true)).toBeLessThan(boots.indexOf(false));
    await until('the old file is gone', () => !existsSync(join(spoolDir(), `${bootId}.jsonl`)));
    expect(edge.told(session, 'session.status').length).toBeGreaterThan(3);
  });

  it('that the edge can never take are set aside and hold nothing up', async () => {
    const session = await online();
    const { edge, whatsapp } = stage();
    edge.unfit = (report) => report.kind === 'message.received' && report.text === 'text 7';
    for (let index = 0; index < 20; index += 1)
      whatsapp.engineOf(session).emit(received(`text ${index}`));
    await until('the others are there', () => receivedTexts(session).length === 19);
    expect(receivedTexts(session)).not.toContain('text 7');
    const refused = join(spoolDir(), 'refused', `${edge.runner.bootId}.jsonl`);
    expect(readFileSync(refused, 'utf8')).toContain('text 7');
  });

  it('never put a QR code on the disk', async () => {
    const session = await online();
    expect(stage().edge.told(session, 'session.qr')).toHaveLength(1);
    expect(spooledFacts()).not.toContain('2@fake');
  });
});

describe('an inbound file', () => {
  it('is in object storage before its message is told', async () => {
    const session = await online();
    const { edge, whatsapp } = stage();
    whatsapp.engineOf(session).emit(withFile('picture'));
    const [message] = await until('it is told', () => {
      const told = edge.told(session, 'message.received');
      return told.length > 0 && told;
    });
    const mediaId = message?.media?.mediaId ?? '';
    expect(edge.stored.get(mediaId)?.toString()).toBe('pixels');
    expect(message?.media?.error).toBeNull();
    await until(
      'the file left the runner',
      () => !existsSync(join(stage().dataDir, 'picture.png')),
    );
  });

  it('holds back its own session only, and keeps its order', async () => {
    const { edge, whatsapp } = stage();
    const [slow, other] = [edge.addSession(), edge.addSession()];
    await stage().startHere();
    await Promise.all([edge.online(slow), edge.online(other)]);
    edge.down.add('media');
    whatsapp.engineOf(slow).emit(withFile('picture'));
    whatsapp.engineOf(slow).emit(received('after the picture'));
    whatsapp.engineOf(other).emit(received('elsewhere'));
    await until('the other session’s is there', () => receivedTexts(other).length === 1);
    expect(receivedTexts(slow)).toEqual([]);
    edge.down.clear();
    await until('both are there', () => receivedTexts(slow).length === 2);
    expect(receivedTexts(slow)).toEqual(['picture', 'after the picture']);
  });

  it('that is lost leaves its message with an error', async () => {
    const session = await online();
    const { edge, whatsapp } = stage();
    const event = withFile('picture');
    if (event.type !== 'fact' || event.file === undefined) throw new Error('no file');
    const gone = { ...event.file, path: `${event.file.path}.gone` };
    whatsapp.engineOf(session).emit({ ...event, file: gone });
    await until('it is told', () => receivedTexts(session).length === 1);
    expect(edge.told(session, 'message.received')[0]?.media).toMatchObject({
      mediaId: null,
      error: expect.stringContaining('lost'),
    });
  });
});
