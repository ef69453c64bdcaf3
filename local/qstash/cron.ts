/** When a five-field cron expression fires, in UTC. */
export type Cron = {
  minutes: ReadonlySet<number>;
  hours: ReadonlySet<number>;
  days: ReadonlySet<number>;
  months: ReadonlySet<number>;
  weekdays: ReadonlySet<number>;
  /** Both day fields given: either of them may match, as in every cron since Vixie's. */
  eitherDay: boolean;
};

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const DAY_MS = 86_400_000;
/** Leap days can be eight years apart (1896 to 1904, 2096 to 2104). */
const HORIZON_DAYS = 366 * 8 + 1;

type Range = { name: string; from: number; to: number; names: string[]; namesFrom: number };

const FIELDS = {
  minute: { name: 'minute', from: 0, to: 59, names: [], namesFrom: 0 },
  hour: { name: 'hour', from: 0, to: 23, names: [], namesFrom: 0 },
  day: { name: 'day of month', from: 1, to: 31, names: [], namesFrom: 1 },
  month: { name: 'month', from: 1, to: 12, names: MONTHS, namesFrom: 1 },
  weekday: { name: 'day of week', from: 0, to: 7, names: WEEKDAYS, namesFrom: 0 },
} satisfies Record<string, Range>;

function parseNumber(text: string, range: Range): number {
  const named = range.names.indexOf(text.toLowerCase());
  if (named >= 0) return named + range.namesFrom;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= range.from && value <= range.to)) {
    throw new Error(`"${text}" is no ${range.name} (${range.from}-${range.to})`);
  }
  return value;
}

function parseField(text: string, range: Range): Set<number> {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [span = '', stepText, ...rest] = part.split('/');
    const step = stepText === undefined ? 1 : Number(stepText);
    if (rest.length > 0 || !Number.isInteger(step) || step < 1) {
      throw new Error(`"${part}" is no ${range.name}`);
    }
    const [first = '', last, ...more] = span.split('-');
    if (more.length > 0) throw new Error(`"${part}" is no ${range.name}`);
    const all = span === '*';
    const from = all ? range.from : parseNumber(first, range);
    const open = all || (last === undefined && stepText !== undefined);
    const to = open ? range.to : parseNumber(last ?? first, range);
    if (to < from) throw new Error(`"${span}" runs backwards`);
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return values;
}

/** Parses `minute hour day month weekday`. @throws Error naming the field that is wrong. */
export function parseCron(text: string): Cron {
  const fields = text.trim().split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  if (
    fields.length !== 5 ||
    minute === undefined ||
    hour === undefined ||
    day === undefined ||
    month === undefined ||
    weekday === undefined
  ) {
    throw new Error(`a cron expression has five fields, this has ${fields.length}`);
  }
  const weekdays = parseField(weekday, FIELDS.weekday);
  if (weekdays.has(7)) weekdays.add(0);
  return {
    minutes: parseField(minute, FIELDS.minute),
    hours: parseField(hour, FIELDS.hour),
    days: parseField(day, FIELDS.day),
    months: parseField(month, FIELDS.month),
    weekdays,
    eitherDay: !day.startsWith('*') && !weekday.startsWith('*'),
  };
}

function isDay(cron: Cron, date: Date): boolean {
  if (!cron.months.has(date.getUTCMonth() + 1)) return false;
  const byDate = cron.days.has(date.getUTCDate());
  const byWeekday = cron.weekdays.has(date.getUTCDay());
  return cron.eitherDay ? byDate || byWeekday : byDate && byWeekday;
}

/** First firing strictly after `afterMs` (unix ms); undefined when there is none, as for 30 February. */
export function nextCronTime(cron: Cron, afterMs: number): number | undefined {
  const today = Math.floor(afterMs / DAY_MS) * DAY_MS;
  const hours = [...cron.hours].sort((a, b) => a - b);
  const minutes = [...cron.minutes].sort((a, b) => a - b);
  for (let offset = 0; offset < HORIZON_DAYS; offset += 1) {
    const day = today + offset * DAY_MS;
    if (!isDay(cron, new Date(day))) continue;
    for (const hour of hours) {
      for (const minute of minutes) {
        const at = day + (hour * 60 + minute) * 60_000;
        if (at > afterMs) return at;
      }
    }
  }
  return undefined;
}
