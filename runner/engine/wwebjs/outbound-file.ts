import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe } from '../describe-error.ts';
import type { EngineSend } from '../port.ts';
import { MessageMedia } from './library.ts';

/** Largest file that is sent; it crosses to the page as one base64 string. */
export const OUTBOUND_FILE_LIMIT = 32 * 1024 * 1024;

/** The message's file cannot be sent, whoever asks and however often. */
export class FileRefused extends Error {}

/** @throws FileRefused when there is no file, or it is too large or unreadable */
export async function readMedia({
  content,
  filePath,
}: EngineSend): Promise<InstanceType<typeof MessageMedia>> {
  if (filePath === undefined || content.mimetype === undefined)
    throw new FileRefused('The message has media and no file was given.');
  try {
    const { size } = await stat(filePath);
    if (size > OUTBOUND_FILE_LIMIT)
      throw new FileRefused(`The file has ${size} bytes; the limit is ${OUTBOUND_FILE_LIMIT}.`);
    const data = await readFile(filePath, 'base64');
    return new MessageMedia(content.mimetype, data, content.filename ?? basename(filePath));
  } catch (error) {
    if (error instanceof FileRefused) throw error;
    throw new FileRefused(`The file cannot be read: ${describe(error)}`, { cause: error });
  }
}
