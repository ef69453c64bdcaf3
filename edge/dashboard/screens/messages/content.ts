import type { Message } from './message.ts';

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** One line of what a message says. Content that was erased leaves nothing. */
export function summaryOf({ content }: Pick<Message, 'content'>): string {
  return (
    textOf(content['text']) ??
    textOf(content['caption']) ??
    textOf(content['name']) ??
    textOf(content['filename']) ??
    ''
  );
}
