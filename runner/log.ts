export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type Fields = Record<string, unknown>;

/** Writes one structured line for one unit of work. `event` is a fixed dotted name, such as `session.status`. */
export type Log = Readonly<Record<LogLevel, (event: string, fields?: Fields) => void>>;

/** Never in a log: credentials, what people write, and URLs that are themselves a right to read or write. */
const REMOVED = new Set(
  [
    'qr',
    'text',
    'caption',
    'content',
    'body',
    'secret',
    'token',
    'sessionkey',
    'putUrl',
    'mediaUrl',
    'base64',
    'pngBase64',
    'vcards',
  ].map((name) => name.toLowerCase()),
);

const SECRET_QUERY = /([?&](?:token|x-amz-[a-z-]+)=)[^&\s"]+/gi;

function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.slice(0, 500).replace(SECRET_QUERY, '$1[removed]');
  if (value instanceof Error) return clean(`${value.name}: ${value.message}`, depth);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 4) return '[deep]';
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => clean(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      REMOVED.has(name.toLowerCase()) ? '[removed]' : clean(item, depth + 1),
    ]),
  );
}

/** A logger that removes secrets by field name, carries `base` on every line, and writes to stderr by default. */
export function createLog(options: {
  level: LogLevel;
  base?: Fields;
  now?: () => number;
  write?: (line: string) => void;
}): Log {
  const write = options.write ?? ((line: string) => void process.stderr.write(line));
  const now = options.now ?? Date.now;
  const threshold = LOG_LEVELS.indexOf(options.level);
  const at =
    (level: LogLevel) =>
    (event: string, fields: Fields = {}): void => {
      if (LOG_LEVELS.indexOf(level) < threshold) return;
      const entry = { time: new Date(now()).toISOString(), level, event, ...options.base };
      write(`${JSON.stringify({ ...entry, ...(clean(fields, 0) as Fields) })}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
