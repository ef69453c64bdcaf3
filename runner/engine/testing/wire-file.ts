import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const WireRecord = z.object({
  sessionId: z.string(),
  wireId: z.string(),
  chatId: z.string(),
  text: z.string(),
  ack: z.number(),
});
export type WireRecord = z.infer<typeof WireRecord>;

/** What reached the fake wire, oldest first. The file outlives the process that wrote it. */
export function readWire(path: string): WireRecord[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => WireRecord.parse(JSON.parse(line)));
}

export function writeWire(path: string, record: WireRecord): void {
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, `${JSON.stringify(record)}\n`);
}
