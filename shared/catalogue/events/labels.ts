import { z } from 'zod';
import { Label } from '../live/labels.ts';
import { event } from './row.ts';

const labelId = z.string().describe('The label.');
const name = z.string().describe('What it is called, or was.');
const { color } = Label.shape;
const EXAMPLE = { labelId: '1', name: 'New customer', color: '#ff9485' };

/** Of business accounts alone. A session looks every half minute, and does not see what happened while it was not online. */
export const LABEL_EVENTS = {
  'label.updated': event({
    when: 'A label of a business account was made, renamed, given another color, or deleted.',
    data: { labelId, name, color, deleted: z.boolean().describe('It is no more.') },
    example: { ...EXAMPLE, deleted: false },
  }),
  'label.chat': event({
    when: 'A chat of a business account was given a label, or lost one.',
    data: {
      labelId,
      name,
      color,
      chatId: z.string().describe('The chat.'),
      added: z.boolean().describe('False: the chat has it no longer.'),
    },
    example: { ...EXAMPLE, chatId: '15550100001@c.us', added: true },
  }),
};
