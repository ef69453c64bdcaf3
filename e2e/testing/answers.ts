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

/** What an answer is, in a source system's own envelope. */
export const jsonIn = ({ text }: ApiAnswer): unknown => JSON.parse(text);
