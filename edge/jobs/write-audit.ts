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
  try {
    await writeAuditBatch({ services, messages: batch.messages.map(({ body }) => body) });
  } catch (error) {
    const attempt = Math.max(1, ...batch.messages.map(({ attempts }) => attempts));
    const count = batch.messages.length;
    services.log({ event: 'audit_batch_failed', count, attempt, ...describeError(error) });
    batch.retryAll({ delaySeconds: retryDelaySeconds(attempt) });
  }
}
