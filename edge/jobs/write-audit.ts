import type { Services } from '../context.ts';
import { describeError } from '../log/describe-error.ts';
import { writeAuditBatch } from '../services/audit/write-batch.ts';

const FIRST_DELAY_SECONDS = 10;
const MAX_DELAY_SECONDS = 3_600;

/** Seconds until a batch is tried again that failed at this attempt, counted from 1. */
export const retryDelaySeconds = (attempt: number): number =>
  Math.min(FIRST_DELAY_SECONDS * 2 ** (attempt - 1), MAX_DELAY_SECONDS);

/** One batch of the audit queue. The whole batch comes again when the database is out of reach. */
export async function writeAudit(
  services: Services,
  batch: Pick<MessageBatch, 'messages' | 'retryAll'>,
): Promise<void> {
  const { log, now } = services;
  const startedAt = now();
  const attempt = Math.max(1, ...batch.messages.map(({ attempts }) => attempts));
  const line = (outcome: 'done' | 'failed') => ({
    event: 'job',
    job: 'writeAudit',
    outcome,
    durationMs: now() - startedAt,
    count: batch.messages.length,
    attempt,
  });
  try {
    await writeAuditBatch({ services, messages: batch.messages.map(({ body }) => body) });
    log(line('done'));
  } catch (error) {
    log({ ...line('failed'), ...describeError(error) });
    batch.retryAll({ delaySeconds: retryDelaySeconds(attempt) });
  }
}
