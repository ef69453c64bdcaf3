import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { personOf } from '../../shared/catalogue/person.ts';
import type { FactReport, Report } from '../../shared/protocol/runner-reports.ts';
import { EdgeError } from '../edge-client/edge-error.ts';
import type { InboundFile } from '../engine/port.ts';
import { createLog } from '../log.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { until } from '../testing/until.ts';
import { ReportSpool } from './spool.ts';
import { SpoolStore } from './spool-store.ts';

type Received = Extract<FactReport, { kind: 'message.received' }>;

const ALICE = '15550100001@c.us';
const BOB = '15550100002@c.us';
const PENDING = {
  mimetype: 'image/png',
  filename: null,
  sizeBytes: 6,
  mediaId: null,
  error: null,
};
const STORED = { mediaId: 'med_1', error: null };

function message(wireId: string, chatId = ALICE, media: Received['media'] = null): Received {
  return {
    kind: 'message.received',
    wireId,
    wireKey: `false_${chatId}_${wireId}`,
    chatId,
    from: personOf({ id: chatId, name: 'Alice' }),
    isGroup: false,
    type: media === null ? 'text' : 'image',
    text: null,
    media,
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

function fileOf({ wireId, wireKey, chatId, timestamp }: Received): Report {
  return { kind: 'message.media', wireId, wireKey, chatId, media: PENDING, timestamp };
}

describe('a message and its file', () => {
  let dir: string;
  let away: boolean;
  let told: Report[];
  let clock: FakeClock;
  let uploads: PromiseWithResolvers<typeof STORED>;
  let spools: ReportSpool[] = [];

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'waypost-files-'));
    away = false;
    told = [];
    clock = new FakeClock();
    uploads = Promise.withResolvers();
  });
  afterEach(async () => {
    for (const spool of spools) await close(spool);
    spools = [];
    rmSync(dir, { recursive: true, force: true });
  });

  async function boot(bootId: string): Promise<ReportSpool> {
    const opened = await SpoolStore.open(dir, bootId);
    const spool = new ReportSpool({
      ...opened,
      bootId,
      runnerId: 'runner-1',
      edge: {
        reports: async ({ reports }) => {
          if (away) throw new EdgeError('unreachable', null, 'the edge is away');
          told.push(...reports.map(({ report }) => report));
          return { accepted: reports.length, refused: [] };
        },
      },
      upload: (_file, signal) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => resolve(null));
          uploads.promise.then(resolve, reject);
        }),
      clock,
      random: () => 0,
      log: createLog({ level: 'error', write: () => undefined }),
    });
    spools.push(spool);
    spool.start();
    return spool;
  }

  async function close(spool: ReportSpool): Promise<void> {
    const closed = spool.close(0);
    await clock.advance(0);
    await closed;
  }

  const add = (spool: ReportSpool, report: Report, file?: InboundFile) =>
    spool.add({ sessionId: 's', epoch: 1, report, ...(file === undefined ? {} : { file }) });
  const addFile = (spool: ReportSpool, of: Received) => {
    const path = join(dir, `${of.wireId}.png`);
    writeFileSync(path, 'pixels');
    return add(spool, fileOf(of), { path, mimetype: 'image/png', filename: null, sizeBytes: 6 });
  };
  const kinds = () => told.map(({ kind }) => kind);
  const names = () => told.map((report) => ('wireId' in report ? report.wireId : report.kind));
  const arrived = (count: number) => until('they are told', () => told.length >= count);

  it.each([
    ['both of an older boot', 'boot-1'],
    ['the file of the next', 'boot-2'],
  ] as const)('keep their order after a restart, %s', async (_, fetchedIn) => {
    away = true;
    const picture = message('PICTURE', ALICE, PENDING);
    const first = await boot('boot-1');
    await add(first, picture);
    if (fetchedIn === 'boot-1') await addFile(first, picture);
    await close(first);
    spools = [];
    const before = Array.from({ length: 200 }, (_nothing, index) => message(`EARLIER ${index}`));
    const opened = await SpoolStore.open(dir, 'boot-0');
    for (const [index, report] of before.entries())
      await opened.store.put({
        report: {
          bootId: 'boot-0',
          spoolSeq: index + 1,
          sessionId: 's',
          epoch: 1,
          occurredAt: 1_000,
          report,
        },
        file: null,
      });
    await opened.store.close();

    uploads.resolve(STORED);
    const second = await boot('boot-2');
    if (fetchedIn === 'boot-2') await addFile(second, picture);
    away = false;
    await clock.advance(60_000);
    await arrived(202);
    expect(kinds().indexOf('message.media')).toBeGreaterThan(names().indexOf('PICTURE'));
    expect(told).toHaveLength(202);
  });

  it('are reported together when the file comes soon, and hold up no other chat until then', async () => {
    const spool = await boot('boot-1');
    const picture = message('PICTURE', ALICE, PENDING);
    await add(spool, picture);
    await add(spool, message('AFTER IT'));
    await add(spool, message('OF BOB', BOB));
    await arrived(1);
    expect(names()).toEqual(['OF BOB']);
    let delivered = false;
    const all = spool.delivered('s').then(() => (delivered = true));

    await addFile(spool, picture);
    await add(spool, message('BOB AGAIN', BOB));
    await arrived(2);
    expect(names()).toEqual(['OF BOB', 'BOB AGAIN']);
    expect(delivered).toBe(false);
    // The clock stands still: nothing but the file lets the message go.
    uploads.resolve(STORED);
    await all;
    await arrived(5);
    expect(names().slice(2)).toEqual(['PICTURE', 'AFTER IT', 'PICTURE']);
    const media = { ...PENDING, ...STORED };
    expect(told.slice(2)).toMatchObject([{ media }, { media: null }, { media }]);
  });
});
