import { open, readFile } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';
import { promisify } from 'node:util';
import { deflate as deflateCallback } from 'node:zlib';
import type { CredentialsFile } from '../../credentials.ts';
import { isImmutable } from './kept-files.ts';

const deflate = promisify<Buffer, Buffer>(deflateCallback);

export const END = 0;
export const AS_IT_IS = 1;
export const DEFLATED = 2;
/** Kind, length of the path, length of what follows, length of the file. */
export const HEADER_BYTES = 1 + 2 + 6 + 6;
/** LevelDB's logs end at 4 MB; what is larger is left as it is, so that it needs not stand in memory. */
export const MAX_DEFLATED_BYTES = 8 * 1_048_576;
const CHUNK_BYTES = 64 * 1_024;

/** Files with what is put in their place where that is smaller, and the length of all of it packed. */
export type PackPlan = {
  directory: string;
  entries: { file: CredentialsFile; deflated: Buffer | null }[];
  sizeBytes: number;
};

/** Compresses LevelDB's logs; its tables are compressed already, and they are nearly all of a large profile. */
export async function planPack(
  directory: string,
  files: readonly CredentialsFile[],
): Promise<PackPlan> {
  const entries: PackPlan['entries'] = [];
  let sizeBytes = 1;
  for (const file of files) {
    const deflated = isWorthIt(file) ? await deflate(await readWhole(directory, file)) : null;
    entries.push({ file, deflated });
    sizeBytes += HEADER_BYTES + nameOf(file).length + (deflated?.length ?? file.sizeBytes);
  }
  return { directory, entries, sizeBytes };
}

const isWorthIt = ({ path, sizeBytes }: CredentialsFile): boolean =>
  sizeBytes > 0 && sizeBytes <= MAX_DEFLATED_BYTES && !isImmutable(path);

const nameOf = ({ path }: CredentialsFile): Buffer =>
  Buffer.from(path.split(sep).join(posix.sep), 'utf8');

async function readWhole(directory: string, file: CredentialsFile): Promise<Buffer> {
  const whole = await readFile(join(directory, file.path));
  if (whole.length < file.sizeBytes) throw changed(file);
  return whole.subarray(0, file.sizeBytes);
}

const changed = ({ path }: CredentialsFile): Error =>
  new Error(`${path} changed while it was packed`);

/**
 * The files one after the other: kind (1), length of the path (2), of what follows (6) and of the file (6), path, bytes; then
 * a 0 for the end. A chunk is good until the next one is asked for.
 * @throws when a file is shorter than it was listed: somebody writes to what should be at rest
 */
export async function* pack({ directory, entries }: PackPlan): AsyncGenerator<Buffer> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (const { file, deflated } of entries) {
    const name = nameOf(file);
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt8(deflated === null ? AS_IT_IS : DEFLATED, 0);
    header.writeUInt16BE(name.length, 1);
    header.writeUIntBE(deflated?.length ?? file.sizeBytes, 3, 6);
    header.writeUIntBE(file.sizeBytes, 9, 6);
    yield Buffer.concat([header, name]);
    if (deflated === null) yield* readInto(chunk, directory, file);
    else yield deflated;
  }
  yield Buffer.from([END]);
}

async function* readInto(
  chunk: Buffer,
  directory: string,
  file: CredentialsFile,
): AsyncGenerator<Buffer> {
  const handle = await open(join(directory, file.path));
  try {
    for (let missing = file.sizeBytes; missing > 0;) {
      const { bytesRead } = await handle.read(chunk, 0, Math.min(missing, chunk.length));
      if (bytesRead === 0) throw changed(file);
      missing -= bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
