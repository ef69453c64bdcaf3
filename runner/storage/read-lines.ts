import { createReadStream } from 'node:fs';
import type { Place } from './append-log.ts';

/** The whole lines of a file and where they stand, a piece of the file in memory at a time; a torn last one is left out. */
export async function* readLines(path: string): AsyncGenerator<{ text: string; place: Place }> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  for await (const chunk of createReadStream(path)) {
    // A stream without an encoding gives Buffers.
    let piece = Buffer.concat([rest, chunk as Buffer]);
    for (let end = piece.indexOf(0x0a); end >= 0; end = piece.indexOf(0x0a)) {
      if (end > 0) yield { text: piece.toString('utf8', 0, end), place: { offset, length: end } };
      offset += end + 1;
      piece = piece.subarray(end + 1);
    }
    rest = piece;
  }
}
