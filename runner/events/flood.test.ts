import { mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { personOf } from '../../shared/catalogue/person.ts';
import type { FactReport, ReportBatch } from '../../shared/protocol/runner-reports.ts';
import { systemClock, type Clock } from '../clock.ts';
import { EdgeError } from '../edge-client/edge-error.ts';
import { createLog } from '../log.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { until } from '../testing/until.ts';
import { useStage } from '../testing/use-stage.ts';
import type { MediaUpload } from './media-upload.ts';
import { ReportSpool } from './spool.ts';
import { SpoolStore } from './spool-store.ts';

const MEMORY = 256 * 1024;

type Received = Extract<FactReport, { kind: 'message.received' }>;

function received(text: string): Received {
  return {
    kind: 'message.received',
    wireId: `WIRE-${text}`,
    wireKey: `false_15550100001@c.us_WIRE-${text}`,
    chatId: '15550100001@c.us',
    from: personOf({ id: '15550100001@c.us', name: 'Alice' }),
    isGroup: false,
    type: 'text',
    text: text.padEnd(1_000, '.'),
    media: null,
    location: null,
    vcards: [],
    poll: null,
    quotedWireId: null,
    mentions: [],
    timestamp: 1_800_000_000_000,
    backfilled: false,
    writtenOn: null,
  };
}

describe('a flood of messages while the edge is away', () => {
  let dir: string;
  let away: boolean;
  let batches: ReportBatch[];
  let logged: string[];
  let uploaded: Awaited<ReturnType<MediaUpload>>;
  const spools: ReportSpool[] = [];

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'waypost-flood-'));
    away = true;
    batches = [];
    logged = [];
    uploaded = null;
  });
  afterEach(async () => {
    for (const spool of spools.splice(0)) await spool.close(0);
    rmSync(dir, { recursive: true, force: true });
  });

  const told = (session: string): string[] =>
    batches
      .flatMap(({ reports }) => reports)
      .filter(({ sessionId }) => sessionId === session)
      .map(({ report }) => (report.kind === 'message.received' ? (report.text ?? '') : ''))
      .map((text) => text.replaceAll('.', ''));

  async function boot(
    bootId: string,
    beforeStart = () => undefined as void,
    clock: Clock = systemClock,
  ): Promise<ReportSpool> {
    const opened = await SpoolStore.open(dir, bootId);
    beforeStart();
    const spool = new ReportSpool({
      ...opened,
      bootId,
      runnerId: 'runner-1',
      edge: {
        reports: async (batch) => {
          if (away) throw new EdgeError('unreachable', null, 'the edge is away');
          batches.push(batch);
          return { accepted: batch.reports.length, refused: [] };
        },
      },
      upload: async () => uploaded,
      clock,
      random: () => 0,
      log: createLog({ level: 'error', write: (line) => logged.push(line) }),
      memoryBytes: MEMORY,
    });
    spools.push(spool);
    spool.start();
    return spool;
  }

  const add = (spool: ReportSpool, sessionId: string, text: string) =>
    spool.add({ sessionId, epoch: 1, report: received(text) });

  it('stays on the disk; none is lost, none comes twice, order is kept, and neighbours do not wait', async () => {
    const spool = await boot('boot-1');
    const texts = Array.from({ length: 5_000 }, (_, index) => `flood ${index}`);
    for (let at = 0; at < texts.length; at += 500)
      await Promise.all(texts.slice(at, at + 500).map((text) => add(spool, 'loud', text)));
    await add(spool, 'quiet', 'a word');
    expect(spool.size).toBe(5_001);
    expect(spool.heldBytes).toBeLessThan(2 * MEMORY);

    away = false;
    await Promise.all([spool.delivered('loud'), spool.delivered('quiet')]);
    expect(told('loud')).toEqual(texts);
    const second = batches.slice(0, 2).flatMap(({ reports }) => reports);
    expect(second.map(({ sessionId }) => sessionId)).toContain('quiet');
    expect(spool.heldBytes).toBe(0);
    // What was said yes to does not stay on the disk either.
    const [file] = readdirSync(dir).filter((name) => name.endsWith('.jsonl'));
    expect(statSync(join(dir, file ?? '')).size).toBeLessThan(3 * 1024 * 1024);
  });

  it('goes on as soon as the edge is known to answer again, however long the next try is off', async () => {
    const clock = new FakeClock();
    const spool = await boot('boot-1', () => undefined, clock);
    await add(spool, 'loud', 'a word');
    await until('a try has failed', () => clock.waiting > 0);
    away = false;
    spool.retryNow();
    await spool.delivered('loud');
    expect(told('loud')).toEqual(['a word']);
  });

  it('outlives the runner, whose next boot reads it piece by piece', async () => {
    const first = await boot('boot-1');
    const texts = Array.from({ length: 1_000 }, (_, index) => `kept ${index}`);
    await Promise.all(texts.map((text) => add(first, 'loud', text)));
    await first.close(0);
    const second = await boot('boot-2');
    expect(second.heldBytes).toBe(0);
    const after = add(second, 'loud', 'new');
    away = false;
    await after;
    await second.delivered('loud');
    expect(told('loud')).toEqual([...texts, 'new']);
    await until('the old file is gone', () => !readdirSync(dir).includes('boot-1.jsonl'));
  });

  it.each([
    ['with its message, as earlier versions kept it', 'message.received'],
    ['by itself', 'message.media'],
  ] as const)('and a file of it, %s, waits for a disk that cannot be read', async (_, kind) => {
    const first = await boot('boot-1');
    const path = join(dir, 'picture.png');
    writeFileSync(path, 'pixels');
    const file = { path, mimetype: 'image/png', filename: null, sizeBytes: 6 };
    const media = {
      mimetype: 'image/png',
      filename: null,
      sizeBytes: 6,
      mediaId: null,
      error: null,
    };
    const message = { ...received('a picture'), media };
    const { wireId, wireKey, chatId, timestamp } = message;
    const fetched = { kind: 'message.media' as const, wireId, wireKey, chatId, media, timestamp };
    const of = { sessionId: 'loud', epoch: 1 };
    if (kind === 'message.media') await first.add({ ...of, report: message });
    await first.add({ ...of, report: kind === 'message.media' ? fetched : message, file });
    await first.close(0);

    const [spooled, moved] = [join(dir, 'boot-1.jsonl'), join(dir, 'boot-1.away')];
    const second = await boot('boot-2', () => renameSync(spooled, moved));
    away = false;
    await until('the disk has failed', () => logged.some((line) => line.includes('disk_failed')));
    renameSync(moved, spooled);
    uploaded = { mediaId: 'med_1', error: null };
    await until('all is told', () => second.size === 0);
    const reports = batches.flatMap((batch) => batch.reports.map(({ report }) => report));
    expect(reports.map((report) => report.kind)).toEqual(
      kind === 'message.media' ? ['message.received', kind] : [kind],
    );
    expect(reports.at(-1)).toMatchObject({ media: { ...media, mediaId: 'med_1' } });
  });
});

describe('a flood on one session of a runner', () => {
  const stage = useStage();

  it('reaches the edge whole, and another session’s message within a moment', async () => {
    const { edge, whatsapp } = stage();
    const [loud, quiet] = [edge.addSession(), edge.addSession()];
    await stage().startHere();
    await Promise.all([edge.online(loud), edge.online(quiet)]);
    const emit = (session: string, text: string) =>
      whatsapp.engineOf(session).emit({ type: 'fact', fact: received(text) });
    for (let index = 0; index < 3_000; index += 1) emit(loud, `flood ${index}`);
    emit(quiet, 'a word');
    const of = (session: string) => edge.told(session, 'message.received').length;
    await until('the neighbour is heard', () => of(quiet) === 1);
    expect(of(loud)).toBeLessThan(3_000);
    await until('all of it is there', () => of(loud) === 3_000, 30_000);
    const order = edge.told(loud, 'message.received').map(({ wireId }) => wireId);
    expect(order).toEqual(Array.from({ length: 3_000 }, (_, index) => `WIRE-flood ${index}`));
  }, 60_000);
});
