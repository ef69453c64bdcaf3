import { bigint, timestamp } from 'drizzle-orm/pg-core';

/** A moment, kept with its time zone and read as a Date. */
export const moment = (name: string) =>
  timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });

/** A counter that fits a JavaScript number (2^53 is 285 years of a million a second). */
export const counter = (name: string) => bigint(name, { mode: 'number' });

export const createdAt = () => moment('created_at').notNull().defaultNow();
export const updatedAt = () => moment('updated_at').notNull().defaultNow();
