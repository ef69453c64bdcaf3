export type LogLevel = 'info' | 'warn' | 'error';

/** Where a local service reports what happens to it; fields must be JSON and free of credentials. */
export type Log = (level: LogLevel, event: string, fields?: Record<string, unknown>) => void;

/** One JSON document a line. */
export const lineLog =
  (service: string, write: (line: string) => void): Log =>
  (level, event, fields) =>
    write(JSON.stringify({ time: new Date().toISOString(), level, service, event, ...fields }));

/** On stderr, so that whoever started the service keeps it. */
export const stderrLog = (service: string): Log =>
  lineLog(service, (line) => void process.stderr.write(`${line}\n`));

/** The message of anything that was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
