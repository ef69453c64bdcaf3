/**
 * PostgreSQL's wire protocol 3.0, as much of it as a server needs before and around its queries.
 * Source: PostgreSQL documentation, "Message Formats".
 */

/** Codes in place of a protocol version in a first packet. */
export const StartupCode = {
  protocol3: 196_608,
  cancel: 80_877_102,
  ssl: 80_877_103,
  gss: 80_877_104,
} as const;

export type TransactionStatus = 'I' | 'T' | 'E';

function message(type: string, body: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

const text = (...values: string[]): Buffer => Buffer.from(values.map((v) => `${v}\0`).join(''));

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export const askForPassword = (): Buffer => message('R', int32(3));
export const simpleQuery = (sql: string): Buffer => message('Q', text(sql));
export const sync = (): Buffer => message('S');
export const ready = (status: TransactionStatus = 'I'): Buffer => message('Z', Buffer.from(status));

/** AuthenticationOk, the parameters clients look at, a key (cancelling is not supported), ReadyForQuery. */
export function welcome(applicationName: string): Buffer {
  const parameters = {
    server_version: '18.6',
    server_encoding: 'UTF8',
    client_encoding: 'UTF8',
    DateStyle: 'ISO, MDY',
    IntervalStyle: 'postgres',
    TimeZone: 'UTC',
    integer_datetimes: 'on',
    standard_conforming_strings: 'on',
    application_name: applicationName,
  };
  const statuses = Object.entries(parameters).map(([name, value]) =>
    message('S', text(name, value)),
  );
  return Buffer.concat([
    message('R', int32(0)),
    ...statuses,
    message('K', Buffer.alloc(8)),
    ready(),
  ]);
}

/** An ErrorResponse; FATAL ones end the connection. */
export function errorResponse(severity: 'ERROR' | 'FATAL', code: string, reason: string): Buffer {
  const fields = text(`S${severity}`, `V${severity}`, `C${code}`, `M${reason}`);
  return message('E', Buffer.concat([fields, Buffer.alloc(1)]));
}

/** The name-value pairs of a StartupMessage: `user`, `database`, `application_name` … */
export function startupParameters(packet: Buffer): Map<string, string> {
  const words = packet.subarray(8).toString().split('\0');
  const parameters = new Map<string, string>();
  for (let i = 0; words[i] !== undefined && words[i] !== ''; i += 2) {
    parameters.set(words[i] ?? '', words[i + 1] ?? '');
  }
  return parameters;
}

/** Walks over whole messages in a server's answer. */
function* messagesIn(answer: Buffer): Generator<{ type: string; body: Buffer }> {
  for (let at = 0; at + 5 <= answer.length;) {
    const end = at + 1 + answer.readInt32BE(at + 1);
    yield { type: String.fromCharCode(answer[at] ?? 0), body: answer.subarray(at + 5, end) };
    at = end;
  }
}

/** The status in the last ReadyForQuery of an answer; undefined when it has none. */
export function lastStatus(answer: Buffer): TransactionStatus | undefined {
  let status: TransactionStatus | undefined;
  for (const { type, body } of messagesIn(answer)) {
    if (type !== 'Z') continue;
    const letter = String.fromCharCode(body[0] ?? 0);
    status = letter === 'T' || letter === 'E' ? letter : 'I';
  }
  return status;
}

/** How many rows an answer has, and the first error message in it. */
export function summarize(answer: Buffer): { rows: number; error: string | undefined } {
  let rows = 0;
  let error: string | undefined;
  for (const { type, body } of messagesIn(answer)) {
    if (type === 'D') rows += 1;
    if (type === 'E') {
      const reason = body
        .toString()
        .split('\0')
        .find((field) => field.startsWith('M'));
      error ??= reason?.slice(1) ?? 'unknown error';
    }
  }
  return { rows, error };
}
