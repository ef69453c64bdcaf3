import { z } from '@hono/zod-openapi';
import { sessionField } from './session-choice.ts';
import type { Picture } from '../../shared/catalogue/live/fields.ts';

/** Of a body: a picture of 1 MiB in base64, and what is around it. */
export const PICTURE_LIMIT_BYTES = 1.5 * 1024 * 1024;

/** The picture of a group or a profile, in base64: read into what a page takes. */
const PictureBase64 = z
  .string()
  .max(1_400_000)
  .transform((text) => text.replace(/^data:[^,]*,/, '').replaceAll(/\s/g, ''))
  .pipe(z.base64().min(1))
  // The page reads the image by its bytes; the type only has to be one of an image.
  .transform((base64): Picture => ({ mimetype: 'image/jpeg', base64 }))
  .openapi({
    type: 'string',
    description: 'A JPEG or PNG of 1 MiB at most, as base64 or a data URI. It is cut to a square.',
  });

export const SetPicture = z
  .strictObject({ ...sessionField, base64: PictureBase64 })
  .openapi('SetPicture');
