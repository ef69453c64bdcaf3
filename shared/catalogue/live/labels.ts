import { z } from 'zod';
import { row } from '../row.ts';

export const Label = z.object({
  id: z.string(),
  name: z.string(),
  color: z.string().nullable().describe('As CSS writes it, `#ff9485`.'),
});
export type Label = z.output<typeof Label>;

const chatId = z.string();
const labels = z.object({ labels: z.array(Label) });
const example = { labels: [{ id: '1', name: 'New customer', color: '#ff9485' }] };
const chat = { chatId: '15550100001@c.us' };

/** Operations on labels, which business accounts alone have; NOT_SUPPORTED for any other account. */
export const LABEL_OPERATIONS = {
  listLabels: row({
    input: z.object({}),
    output: labels,
    patienceMs: 10_000,
    needs: 'online',
    repeatable: true,
    example: { input: {}, output: example },
  }),
  getChatLabels: row({
    input: z.object({ chatId }),
    output: labels,
    patienceMs: 10_000,
    needs: 'online',
    repeatable: true,
    example: { input: chat, output: example },
  }),
  /** The chat has these labels then, and no others. */
  setChatLabels: row({
    input: z.object({ chatId, labelIds: z.array(z.string()).max(20) }),
    output: labels,
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: { input: { ...chat, labelIds: ['1'] }, output: example },
  }),
};
