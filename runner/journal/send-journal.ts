import { join } from 'node:path';
import { z } from 'zod';
import { ERROR_CODES } from '../../shared/errors.ts';
import { AppendLog } from '../storage/append-log.ts';

const Outcome = z.object({
  outcome: z.enum(['sent', 'accepted', 'failed', 'unknown']),
  wireKey: z.string().nullable(),
  error: z.object({ code: z.enum(ERROR_CODES), message: z.string() }).nullable(),
});
type JournalOutcome = z.infer<typeof Outcome>;

const Line = z.discriminatedUnion('type', [
  /** From here on, claims of this epoch are recorded here; those up to `forgottenSeq` no longer are. */
  z.object({ type: z.literal('epoch'), epoch: z.number(), forgottenSeq: z.number() }),
  z.object({
    type: z.literal('begun'),
    messageId: z.string(),
    queueSeq: z.number(),
    wireId: z.string(),
    epoch: z.number(),
  }),
  z.object({ type: z.literal('withdrawn'), messageId: z.string() }),
  z.object({ type: z.literal('done'), messageId: z.string(), result: Outcome }),
]);
type Line = z.infer<typeof Line>;

type Begun = Extract<Line, { type: 'begun' }> & { result: JournalOutcome | null };

/** What this disk knows of a message: `no_record` proves nothing, `not_begun` proves that it never left from here. */
export type JournalState =
  | { state: 'no_record' | 'not_begun' | 'begun' }
  | { state: 'done'; result: JournalOutcome };

const KEEP_MESSAGES = 1_000;
const COMPACT_AT = 4_000;

/**
 * One session's send journal. `begin` is on the disk before the engine is touched, so that a message without it is
 * known not to have left, even after kill -9.
 */
export class SendJournal {
  readonly #log: AppendLog;
  readonly #epochs = new Map<number, number>();
  readonly #messages = new Map<string, Begun>();
  #lines = 0;

  private constructor(log: AppendLog) {
    this.#log = log;
  }

  static async open(directory: string, sessionId: string): Promise<SendJournal> {
    const { log, lines } = await AppendLog.open(join(directory, `${sessionId}.jsonl`));
    const journal = new SendJournal(log);
    const parsed = lines.map(parseLine);
    journal.#lines = lines.length;
    for (const line of parsed) if (line !== null) journal.#apply(line);
    // A line that cannot be read may have been a `begun`: then no absence in this file proves anything.
    if (parsed.includes(null)) {
      journal.#epochs.clear();
      await journal.#compact();
    }
    return journal;
  }

  /** Must have resolved before the first claim of an epoch. */
  openEpoch(epoch: number): Promise<void> {
    if (this.#epochs.has(epoch)) return Promise.resolve();
    return this.#write({ type: 'epoch', epoch, forgottenSeq: -1 });
  }

  async begin(message: {
    messageId: string;
    queueSeq: number;
    wireId: string;
    epoch: number;
  }): Promise<void> {
    try {
      await this.#write({ type: 'begun', ...message });
    } catch (error) {
      // Not on the disk, so it will not be sent: it has not begun.
      this.#messages.delete(message.messageId);
      throw error;
    }
  }

  /** The message is known not to have left after all: it may begin again. */
  withdraw(messageId: string): Promise<void> {
    return this.#write({ type: 'withdrawn', messageId });
  }

  finish(messageId: string, result: JournalOutcome): Promise<void> {
    return this.#write({ type: 'done', messageId, result });
  }

  stateOf(message: { messageId: string; queueSeq: number; claimEpoch: number }): JournalState {
    const known = this.#messages.get(message.messageId);
    if (known?.result != null) return { state: 'done', result: known.result };
    if (known !== undefined) return { state: 'begun' };
    const forgotten = this.#epochs.get(message.claimEpoch);
    if (forgotten === undefined || message.queueSeq <= forgotten) return { state: 'no_record' };
    return { state: 'not_begun' };
  }

  /** The message that was begun under this wire id, while it is remembered. */
  messageOf(wireId: string): string | undefined {
    for (const begun of this.#messages.values())
      if (begun.wireId === wireId) return begun.messageId;
    return undefined;
  }

  /** Forgets earlier epochs: the edge has no unsettled message of theirs left. */
  async forgetBefore(epoch: number): Promise<void> {
    const old = [...this.#epochs.keys()].filter((known) => known < epoch);
    if (old.length === 0) return;
    for (const known of old) this.#epochs.delete(known);
    for (const [id, message] of this.#messages)
      if (message.epoch < epoch) this.#messages.delete(id);
    await this.#compact();
  }

  close(): Promise<void> {
    return this.#log.close();
  }

  async #write(line: Line): Promise<void> {
    // In memory first, so that a question asked while the disk is busy is already answered with `begun`.
    this.#apply(line);
    await this.#log.append(JSON.stringify(line));
    this.#lines += 1;
    if (this.#lines > COMPACT_AT) await this.#compact();
  }

  #apply(line: Line): void {
    if (line.type === 'epoch') this.#epochs.set(line.epoch, line.forgottenSeq);
    if (line.type === 'begun') this.#messages.set(line.messageId, { ...line, result: null });
    if (line.type === 'withdrawn') this.#messages.delete(line.messageId);
    if (line.type === 'done') {
      const begun = this.#messages.get(line.messageId);
      if (begun !== undefined) begun.result = line.result;
    }
  }

  async #compact(): Promise<void> {
    this.#lines = 0;
    const finished = [...this.#messages.values()].filter(({ result }) => result !== null);
    for (const message of finished.slice(0, -KEEP_MESSAGES)) {
      this.#messages.delete(message.messageId);
      const forgotten = this.#epochs.get(message.epoch);
      if (forgotten !== undefined)
        this.#epochs.set(message.epoch, Math.max(forgotten, message.queueSeq));
    }
    await this.#log.rewrite(() => this.#snapshot().map((line) => JSON.stringify(line)));
  }

  #snapshot(): Line[] {
    const lines: Line[] = [];
    for (const [epoch, forgottenSeq] of this.#epochs)
      lines.push({ type: 'epoch', epoch, forgottenSeq });
    for (const { result, ...begun } of this.#messages.values()) {
      lines.push(begun);
      if (result !== null) lines.push({ type: 'done', messageId: begun.messageId, result });
    }
    return lines;
  }
}

function parseLine(text: string): Line | null {
  try {
    return Line.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
