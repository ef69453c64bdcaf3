import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { World } from './world.ts';

type StoredMedia = { path: string; size: number; mimetype: string; sha256: string };

/**
 * Keeps a file under its content hash and gives it a fresh direct path, as WhatsApp's media hosts do.
 * The file is on disk (fsynced, then renamed) before the path exists.
 */
export async function storeMedia(
  world: World,
  data: Buffer,
  mimetype: string,
): Promise<StoredMedia> {
  const hash = createHash('sha256').update(data);
  const digest = hash.digest();
  const file = digest.toString('hex');
  await mkdir(world.mediaDir, { recursive: true });
  const target = join(world.mediaDir, file);
  const partial = `${target}.${randomBytes(6).toString('hex')}`;
  const handle = await open(partial, 'w');
  try {
    await handle.writeFile(data);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(partial, target);
  const path = `/v/t62.7118-24/${randomBytes(12).toString('hex')}.enc?ccb=11-4&oh=${randomBytes(6).toString('hex')}`;
  await world.ledger.run((tx) => {
    tx.sql.run(
      'insert into media (path, file, size, mimetype) values (?, ?, ?, ?)',
      path,
      file,
      data.length,
      mimetype,
    );
  });
  return { path, size: data.length, mimetype, sha256: digest.toString('base64') };
}

/** The file behind a direct path, or null. */
export async function readMedia(
  world: World,
  path: string,
): Promise<{ data: Buffer; mimetype: string } | null> {
  const row = world.ledger.sql.one<{ file: string; mimetype: string }>(
    'select file, mimetype from media where path = ?',
    path,
  );
  if (row === undefined) return null;
  return { data: await readFile(join(world.mediaDir, row.file)), mimetype: row.mimetype };
}
