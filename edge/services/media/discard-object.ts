import type { Services } from '../../context.ts';
import { describeError } from '../../log/describe-error.ts';

/** Deletes a stored file that no row names: nothing would ever find it again. Where that fails, the log says so. */
export async function discardObject(
  { objects, log }: Pick<Services, 'objects' | 'log'>,
  objectKey: string,
): Promise<void> {
  try {
    await objects.delete(objectKey);
  } catch (error) {
    log({ event: 'media_orphaned', objectKey, ...describeError(error) });
  }
}
