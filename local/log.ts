export type LogLevel = 'info' | 'warn' | 'error';

/** Where a local service reports what happens to it; fields must be JSON and free of credentials. */
export type Log = (level: LogLevel, event: string, fields?: Record<string, unknown>) => void;

export const logLine = (
  service: string,
  level: LogLevel,
  event: string,
  fields?: Record<string, unknown>,
): Record<string, unknown> => ({
  time: new Date().toISOString(),
  level,
  service,
  event,
  ...fields,
});

/** One JSON document a line on stderr, so that the launcher can show or keep it. */
export function stderrLog(service: string): Log {
  return (level, event, fields) => {
    process.stderr.write(`${JSON.stringify(logLine(service, level, event, fields))}\n`);
  };
}

/** The message of anything that was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
