import type { AttemptResult } from './attempt.ts';
import type { Message } from './message.ts';
import type { Store } from './store.ts';
import { judgeAttempt } from './verdict.ts';

/**
 * Records an attempt and what follows from it in one transaction.
 */
export function settleAttempt(
  store: Store,
  message: Message,
  result: AttemptResult,
  times: { startedAt: number; now: number },
): void {
  const { now } = times;
  const verdict = judgeAttempt(message, result, now);
  const subject = { id: message.id, url: message.spec.url };
  store.transaction(() => {
    store.events.add(times.startedAt, 'ACTIVE', subject);
    switch (verdict.state) {
      case 'delivered':
        store.messages.remove(message.id);
        store.events.add(now, 'DELIVERED', subject);
        break;
      case 'retry':
        store.messages.retryAt(message.id, verdict.dueAt);
        store.events.add(now, 'ERROR', subject, { error: verdict.error });
        store.events.add(now, 'RETRY', subject, { nextAt: verdict.dueAt });
        break;
      case 'dead':
        store.messages.remove(message.id);
        store.events.add(now, 'ERROR', subject, { error: verdict.error });
        store.events.add(now, 'FAILED', subject, { error: verdict.error });
        break;
    }
  });
}
