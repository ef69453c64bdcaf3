import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { personOf } from '../../shared/catalogue/person.ts';
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
    from: personOf({ id: '15550100001@c.us', name: 'Alice' }),
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

/** A message with a picture, and the report of the picture once it was fetched. */
function withFile(text: string, bytes = 'pixels'): [EngineEvent, EngineEvent] {
  const path = join(stage().dataDir, `${text}.png`);
  writeFileSync(path, bytes);
  const media = {
    mimetype: 'image/png',
    filename: null,
    sizeBytes: bytes.length,
    mediaId: null,
    error: null,
  };
  const message = received(text, { type: 'image', media });
  if (message.type !== 'fact' || message.fact.kind !== 'message.received')
    throw new Error('not a message');
  const { wireId, wireKey, chatId, timestamp } = message.fact;
  const fact = { kind: 'message.media' as const, wireId, wireKey, chatId, media, timestamp };
  const file = { path, mimetype: 'image/png', filename: null, sizeBytes: bytes.length };
  return [message, { type: 'fact', fact, file }];
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

const stored = (session: string) =>
  until('its file is told', () => stage().edge.told(session, 'message.media')[0]);

describe('an inbound file', () => {
  it('holds no message up: it is told without it, and the file follows', async () => {
    const session = await online();
    const { edge, whatsapp } = stage();
    edge.down.add('media');
    for (const event of withFile('picture')) whatsapp.engineOf(session).emit(event);
    whatsapp.engineOf(session).emit(received('after the picture'));
    await until('both are told', () => receivedTexts(session).length === 2);
    expect(receivedTexts(session)).toEqual(['picture', 'after the picture']);
    expect(edge.told(session, 'message.received')[0]?.media).toMatchObject({
      mediaId: null,
      error: null,
    });
    expect(edge.told(session, 'message.media')).toEqual([]);
    edge.down.clear();
    const { media } = await stored(session);
    expect(edge.stored.get(media.mediaId ?? '')?.toString()).toBe('pixels');
    await until(
      'the file left the runner',
      () => !existsSync(join(stage().dataDir, 'picture.png')),
    );
  });

  it('that is lost is told as failed', async () => {
    const session = await online();
    const { edge, whatsapp } = stage();
    const [message, file] = withFile('picture');
    if (file.type !== 'fact' || file.file === undefined) throw new Error('no file');
    whatsapp.engineOf(session).emit(message);
    const gone = { ...file.file, path: `${file.file.path}.gone` };
    whatsapp.engineOf(session).emit({ ...file, file: gone });
    const failed = { mediaId: null, error: expect.stringContaining('lost') };
    expect((await stored(session)).media).toMatchObject(failed);
    expect(edge.told(session, 'message.received')).toHaveLength(1);
  });
});
