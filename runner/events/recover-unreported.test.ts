import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLog } from '../log.ts';
import { recoverUnreported } from './recover-unreported.ts';
import type { ReportSpool } from './spool.ts';

let dataDir: string;
let folder: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'waypost-recover-'));
  folder = join(dataDir, 'sessions', 'ses_1');
  mkdirSync(folder, { recursive: true });
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const ack = (wireId: string) => ({
  kind: 'message.ack' as const,
  wireId,
  wireKey: `true_15550100001@c.us_${wireId}`,
  chatId: '15550100001@c.us',
  ack: 2,
});
const line = (epoch: number, wireId: string) =>
  `${JSON.stringify({ epoch, report: ack(wireId) })}\n`;

async function recovered() {
  const added: Parameters<ReportSpool['add']>[0][] = [];
  const spool = { add: async (report: (typeof added)[number]) => void added.push(report) };
  await recoverUnreported({
    dataDir,
    spool,
    log: createLog({ level: 'error', write: () => undefined }),
  });
  return added;
}

it('spools what was saved, the oldest file name first, and removes the files', async () => {
  writeFileSync(join(folder, 'unreported.jsonl'), line(8, '3EB0B'));
  writeFileSync(join(folder, 'untold.jsonl'), line(7, '3EB0A'));
  expect(await recovered()).toEqual([
    { sessionId: 'ses_1', epoch: 7, report: ack('3EB0A') },
    { sessionId: 'ses_1', epoch: 8, report: ack('3EB0B') },
  ]);
  expect(existsSync(join(folder, 'unreported.jsonl'))).toBe(false);
  expect(existsSync(join(folder, 'untold.jsonl'))).toBe(false);
  expect(await recovered()).toEqual([]);
});

it('skips a torn last line and keeps the lines before it', async () => {
  writeFileSync(join(folder, 'unreported.jsonl'), `${line(7, '3EB0A')}{"epoch":7,"rep`);
  expect(await recovered()).toEqual([{ sessionId: 'ses_1', epoch: 7, report: ack('3EB0A') }]);
});
