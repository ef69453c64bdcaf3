import type { Log } from '../context.ts';

/** Workers have no other way out for a log line than the console; this is the one place that uses it. */
export const consoleLog: Log = (entry) => {
  // oxlint-disable-next-line no-console
  console.log(JSON.stringify({ at: new Date().toISOString(), service: 'edge', ...entry }));
};
