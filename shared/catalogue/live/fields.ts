import { z } from 'zod';
import { LIMITS } from '../limits.ts';

/** Where a page of a list ended: Unix seconds of the last row, and its id. */
export const ListEnd = z.object({ t: z.number().int(), id: z.string() });
export type ListEnd = z.output<typeof ListEnd>;

/** A page of a list that goes from new to old. */
export const listInput = z.object({
  after: ListEnd.nullable(),
  limit: z.number().int().min(1).max(LIMITS.pageRows.limit),
});

/** An image as a page reads it, in base64. */
export const Picture = z.object({ mimetype: z.string(), base64: z.string() });
export type Picture = z.output<typeof Picture>;
