import type { WebhookEvent } from '../../api/event-types.ts';

const SHOWN = ['text', 'status', 'reason', 'change', 'emoji', 'url', 'message', 'chatId'] as const;

/** One line of what an event says: its text first, else what tells it from its neighbours. Pure. */
export function summaryOf(event: Pick<WebhookEvent, 'data'>): string {
  const data: Readonly<Record<string, unknown>> = { ...event.data };
  const words = SHOWN.flatMap((name) => {
    const value = data[name];
    return typeof value === 'string' && value !== '' ? [value] : [];
  });
  return words.slice(0, 2).join(' · ');
}
