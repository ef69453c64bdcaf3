import { expect, it } from 'vitest';
import type { WebhookEvent } from '../../api/event-types.ts';
import { grown } from './tail.ts';

const event = (seq: number): WebhookEvent => ({
  id: `evt_${seq}`,
  type: 'webhook.test',
  seq,
  sessionId: null,
  timestamp: '2026-11-21T10:00:00.000Z',
  data: { webhookId: 'whk_1', message: '' },
});
const seqs = (rows: readonly WebhookEvent[]): number[] => rows.map(({ seq }) => seq);

it('puts newer events on top, and forgets the oldest', () => {
  const shown = grown({ rows: [], after: 0 }, [event(1), event(2)], 2);
  expect(seqs(shown.rows)).toEqual([2, 1]);
  const many = Array.from({ length: 600 }, (_, index) => event(index + 3));
  const later = grown(shown, many, 602);
  expect(later.after).toBe(602);
  expect(later.rows).toHaveLength(500);
  expect(seqs(later.rows).slice(0, 2)).toEqual([602, 601]);
});
