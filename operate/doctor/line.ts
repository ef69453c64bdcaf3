/** What one check found. `warn`: it works, and somebody should know. */
export type Line = {
  check: string;
  status: 'ok' | 'warn' | 'fail';
  found: string;
  /** What to do; empty when all is well. */
  todo: string;
};

export const good = (check: string, found: string): Line => ({
  check,
  status: 'ok',
  found,
  todo: '',
});
export const warn = (check: string, found: string, todo: string): Line => ({
  check,
  status: 'warn',
  found,
  todo,
});
export const bad = (check: string, found: string, todo: string): Line => ({
  check,
  status: 'fail',
  found,
  todo,
});

const MARKS = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL' } as const;
const WIDTH = 17;

/** One line for a terminal. */
export const shown = ({ check, status, found, todo }: Line): string =>
  `${MARKS[status]}  ${check.padEnd(WIDTH)} ${found}${todo === '' ? '' : `. ${todo}`}`;

export const isWell = (lines: readonly Line[]): boolean =>
  lines.every(({ status }) => status !== 'fail');
