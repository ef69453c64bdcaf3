import { t } from '../messages/en.ts';

const { time } = t.common;
const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

const relative = (seconds: number, unit: keyof typeof time.units, size: number): string => {
  const many = Math.trunc(Math.abs(seconds) / size);
  const words = time.units[unit](many);
  return seconds >= 0 ? time.ago(words) : time.until(words);
};

/** `3 min. ago`; `just now` within the first seconds; `in 3 min.` for what is to come. Both in milliseconds. */
export function ago(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1_000);
  for (const [unit, size] of UNITS)
    if (Math.abs(seconds) >= size) return relative(seconds, unit, size);
  return seconds >= 0 && seconds < 10 ? time.now : relative(seconds, 'second', 1);
}

const NARROW = { day: 'd', hour: 'h', minute: 'min' } as const;

/** `2 d 3 h`, `5 min`, `under 1 min`: the two largest units. Both in milliseconds. */
export function lasting(since: number, now: number): string {
  let seconds = Math.floor((now - since) / 1_000);
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const many = Math.floor(seconds / size);
    seconds -= many * size;
    if (many > 0 || parts.length > 0) parts.push(`${many} ${NARROW[unit]}`);
  }
  return parts.length === 0 ? `under 1 ${NARROW.minute}` : parts.slice(0, 2).join(' ');
}

/** The time in this browser's zone, and in UTC. */
export const exact = (at: string): string =>
  `${new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' })} · ${at}`;
