import { z } from 'zod';

/** A `timestamptz` from a raw statement, where the driver leaves PostgreSQL's text: `2026-11-21 10:12:00.123+00`. */
export const Moment = z.union([z.date(), z.string()]).transform((value) => new Date(value));

/** A `bigint` from a raw statement, which the driver leaves as text. */
export const Count = z.coerce.number().int();

export const isoOrNull = (moment: Date | null): string | null => moment?.toISOString() ?? null;
