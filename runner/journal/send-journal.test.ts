import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SendJournal, type JournalState } from './send-journal.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'waypost-journal-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = (): Promise<SendJournal> => SendJournal.open(directory, 'ses_1');
const file = (): string => join(directory, 'ses_1.jsonl');
const message = (queueSeq: number, epoch = 1) => ({
  messageId: `msg_${queueSeq}`,
  queueSeq,
  wireId: `3EB0${queueSeq}`,
  epoch,
});
const stateOf = (journal: SendJournal, queueSeq: number, claimEpoch = 1): JournalState['state'] =>
  journal.stateOf({ messageId: `msg_${queueSeq}`, queueSeq, claimEpoch }).state;
const sent = { outcome: 'sent', wireKey: 'key', error: null } as const;

describe('the send journal', () => {
  it('knows begun, done and not begun after a restart', async () => {
    const before = await open();
    await before.openEpoch(1);
    await before.begin(message(1));
    await before.begin(message(2));
    await before.finish('msg_2', sent);
    await before.begin(message(3));
    await before.withdraw('msg_3');
    await before.close();

    const after = await open();
    expect([1, 2, 3, 4].map((seq) => stateOf(after, seq))).toEqual([
      'begun',
      'done',
      'not_begun',
      'not_begun',
    ]);
    await after.close();
  });

  it('proves nothing about an epoch it did not see', async () => {
    const journal = await open();
    await journal.openEpoch(2);
    expect(stateOf(journal, 1, 1)).toBe('no_record');
    expect(stateOf(journal, 1, 2)).toBe('not_begun');
    await journal.close();
  });

  it('has `begun` on the disk when begin resolves', async () => {
    const journal = await open();
    await journal.openEpoch(1);
    await journal.begin(message(1));
    expect(readFileSync(file(), 'utf8')).toContain('"messageId":"msg_1"');
    await journal.close();
  });

  it('cuts off a torn last line and goes on', async () => {
    const before = await open();
    await before.openEpoch(1);
    await before.close();
    appendFileSync(file(), '{"type":"begun","messageId":"msg_1","queueS');

    const torn = await open();
    expect(stateOf(torn, 1)).toBe('not_begun');
    await torn.begin(message(2));
    await torn.close();
    const after = await open();
    expect([stateOf(after, 1), stateOf(after, 2)]).toEqual(['not_begun', 'begun']);
    await after.close();
  });

  it('proves no absence any more when a whole line cannot be read', async () => {
    const before = await open();
    await before.openEpoch(1);
    await before.begin(message(1));
    await before.close();
    appendFileSync(file(), 'scrambled\n');
    const after = await open();
    expect([stateOf(after, 1), stateOf(after, 2)]).toEqual(['begun', 'no_record']);
    await after.close();
  });

  it('forgets settled epochs, which then prove nothing', async () => {
    const journal = await open();
    await journal.openEpoch(1);
    await journal.begin(message(1));
    await journal.openEpoch(2);
    await journal.begin(message(2, 2));
    await journal.forgetBefore(2);
    expect([stateOf(journal, 1), stateOf(journal, 9), stateOf(journal, 2, 2)]).toEqual([
      'no_record',
      'no_record',
      'begun',
    ]);
    await journal.close();
    expect(readFileSync(file(), 'utf8')).not.toContain('msg_1');
  });

  it('stays small, and never takes a forgotten message for one that was not begun', async () => {
    const journal = await open();
    await journal.openEpoch(1);
    const sends = Array.from({ length: 2_500 }, (_, seq) => seq);
    await Promise.all(sends.map((seq) => journal.begin(message(seq))));
    await Promise.all(sends.map((seq) => journal.finish(`msg_${seq}`, sent)));
    await journal.close();
    const after = await open();
    expect([stateOf(after, 0), stateOf(after, 2_499), stateOf(after, 2_500)]).toEqual([
      'no_record',
      'done',
      'not_begun',
    ]);
    await after.close();
    expect(readFileSync(file(), 'utf8').split('\n').length).toBeLessThan(4_000);
  });
});
