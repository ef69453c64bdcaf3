import { join } from 'node:path';
import type { OutboundContent } from '../../shared/catalogue/message-kinds.ts';
import { fetchFile, type FetchOptions } from '../media/fetch-file.ts';
import type { FilePreparation, PreparedFile } from '../media/prepare-file.ts';

export type MediaDownload = (input: {
  url: string;
  directory: string;
  messageId: string;
  content: OutboundContent;
}) => Promise<PreparedFile>;

/**
 * Fetches the file of a message to the runner's disk, and makes it into what its message needs.
 * @returns the file, which the caller removes
 * @throws AppError as `fetchFile` and the preparation do
 */
export function createMediaDownload({
  prepare,
  ...options
}: FetchOptions & { prepare: FilePreparation }): MediaDownload {
  return async ({ url, directory, messageId, content }) => {
    const path = join(directory, `out-${messageId}`);
    await fetchFile({ url, path }, options);
    return prepare(content, path);
  };
}
