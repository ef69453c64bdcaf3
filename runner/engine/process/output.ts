import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const LINE_LIMIT = 400;

/**
 * Takes out of a line what must not be in logs: numbers of people, QR data and keys, quoted text.
 * What is left is for finding faults in the library and in Node, which write for no other reason.
 */
export function redactLine(line: string): string {
  return line
    .slice(0, LINE_LIMIT)
    .replaceAll(/[A-Za-z0-9+/=@,_-]{40,}/g, '[redacted]')
    .replaceAll(/\d{7,}/g, '[number]')
    .replaceAll(/(["'`])(?:(?!\1).){12,}\1/g, '[text]');
}

export function forwardLines(
  stream: Readable | null,
  name: 'stdout' | 'stderr',
  log: (entry: Record<string, unknown>) => void,
): void {
  if (stream === null) return;
  const lines = createInterface({ input: stream });
  lines.on('line', (line) => {
    if (line.trim() !== '') log({ event: 'engine.output', stream: name, line: redactLine(line) });
  });
}
