import { addMessage, newId } from './accept.ts';
import type { AttemptResult } from './attempt.ts';
import type { Message, MessageSpec } from './message.ts';
import type { Store } from './store.ts';
import { judgeAttempt } from './verdict.ts';

function callbackSpec(url: string): MessageSpec {
  return {
    url,
    method: 'POST',
    header: { 'content-type': ['application/json'] },
    maxRetries: 3,
    retryDelay: null,
    timeoutMs: 120_000,
    callback: null,
    failureCallback: null,
    flowControl: null,
    scheduleId: null,
  };
}

/** Body of a callback, as at upstash.com/docs/qstash/features/callbacks; bodies in base64, times in ms. */
function callbackBody(
  message: Message,
  response: { status: number; header: Record<string, string[]>; body: Uint8Array },
  dlqId: string | undefined,
): Buffer {
  const { spec } = message;
  return Buffer.from(
    JSON.stringify({
      status: response.status,
      header: response.header,
      body: Buffer.from(response.body).toString('base64'),
      retried: message.retried,
      maxRetries: spec.maxRetries,
      ...(dlqId !== undefined && { dlqId }),
      sourceMessageId: message.id,
      url: spec.url,
      method: spec.method,
      sourceHeader: spec.header,
      sourceBody: Buffer.from(message.body).toString('base64'),
      notBefore: message.dueAt,
      createdAt: message.createdAt,
      ...(spec.scheduleId !== null && { scheduleId: spec.scheduleId }),
      callerIP: '127.0.0.1',
    }),
  );
}

/**
 * Records an attempt and what follows from it (next attempt, dead letter, callbacks) in one transaction.
 * Does nothing when the message was cancelled while under way.
 */
export function settleAttempt(
  store: Store,
  message: Message,
  result: AttemptResult,
  times: { startedAt: number; now: number },
): void {
  const { now } = times;
  const verdict = judgeAttempt(message, result, now);
  const response =
    result.kind === 'response'
      ? result
      : { status: 0, header: {}, body: Buffer.from(result.message) };
  const subject = { id: message.id, url: message.spec.url };
  store.transaction(() => {
    if (store.messages.get(message.id) === undefined) return;
    store.events.add(times.startedAt, 'ACTIVE', subject);
    let dlqId: string | undefined;
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
        dlqId = newId('dlq');
        store.deadLetters.insert(dlqId, message, response, now);
        store.messages.remove(message.id);
        store.events.add(now, 'ERROR', subject, { error: verdict.error });
        store.events.add(now, 'FAILED', subject, { error: verdict.error });
        break;
    }
    const { callback, failureCallback } = message.spec;
    const callbacks = [callback, verdict.state === 'dead' ? failureCallback : null];
    for (const url of callbacks) {
      if (url === null) continue;
      const body = callbackBody(message, response, dlqId);
      addMessage(store, { spec: callbackSpec(url), body, dueAt: now }, now);
    }
  });
}
