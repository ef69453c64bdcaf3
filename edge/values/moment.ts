import { AppError } from '../../shared/errors.ts';

const FORM =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+\- ]\d{2}:\d{2})?$/i;

/** What PostgreSQL takes; no place is further from Greenwich. */
const MAX_OFFSET_HOURS = 15;
const EARLIEST_MS = 0;
const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * The moment that an ISO 8601 text with a zone means, to the millisecond: `2026-12-01T09:00:00+01:00`. From 1970 to 9999: what
 * lies outside is an unset value or a slip, and not every part behind this could hold it.
 * @throws AppError VALIDATION_ERROR that says what is wrong
 */
export function parseMoment(text: string): Date {
  const [, date = '', time = '', zone] = FORM.exec(text.trim()) ?? [];
  if (date === '')
    throw refusal('must be an ISO 8601 time with a zone, as in 2026-12-01T09:00:00Z');
  if (zone === undefined)
    throw refusal('has no time zone; end it with Z or an offset, as in 2026-12-01T09:00:00+01:00');
  // In a query, an unescaped plus has become a space.
  const offset = zone.toUpperCase().replace(' ', '+');
  if (Number(offset.slice(1, 3)) > MAX_OFFSET_HOURS)
    throw refusal(`has an offset beyond ${MAX_OFFSET_HOURS}:59`);
  const moment = new Date(`${date}T${time}${offset}`);
  if (Number.isNaN(moment.getTime()) || !isOnCalendar(date))
    throw refusal('names a day or time that does not exist');
  if (moment.getTime() < EARLIEST_MS || moment.getTime() > LATEST_MS)
    throw refusal('must be between the years 1970 and 9999');
  return moment;
}

/** JavaScript takes the 31st of February for the 3rd of March. */
const isOnCalendar = (date: string): boolean =>
  new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);

const refusal = (reason: string): AppError => new AppError('VALIDATION_ERROR', reason);
