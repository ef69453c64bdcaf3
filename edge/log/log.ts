/** One line a unit of work. Secrets, message text and QR data never go in. */
export type Log = (entry: { event: string } & Record<string, unknown>) => void;

/** Workers have no other way out for a log line than the console; this is the one place that uses it. */
export const consoleLog: Log = (entry) => {
  // oxlint-disable-next-line no-console
  console.log(JSON.stringify({ at: new Date().toISOString(), service: 'edge', ...entry }));
};
