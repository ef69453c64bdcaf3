import { z } from 'zod';
import type { ApiAnswer } from './api-client.ts';

/** The object that an answer carries. Throws when the answer is no success. */
export const shownIn = (answer: ApiAnswer): Record<string, unknown> =>
  answer.data(z.looseObject({}));

/** The rows of a list. Throws when the answer is no success. */
export const listedIn = (answer: ApiAnswer): Record<string, unknown>[] =>
  answer.data(z.array(z.looseObject({})));

/** The id of what an answer carries. */
export const idIn = (answer: ApiAnswer): string => answer.data(z.object({ id: z.string() })).id;

/** What an answer of this status is, in a source system's own envelope. Throws when it has another status. */
export function jsonIn({ status, text }: ApiAnswer, wanted = 200): unknown {
  if (status !== wanted) throw new Error(`${status} and not ${wanted}: ${text}`);
  return JSON.parse(text);
}
