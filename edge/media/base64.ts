import { Buffer } from 'node:buffer';
import { BASE64_LIMIT_BYTES, megabytes } from '../../shared/catalogue/kinds/file-source.ts';
import { AppError } from '../../shared/errors.ts';
import { rejected } from './store-media.ts';

const DATA_URI = /^data:([^,;]*)((?:;[^,;]*)*),/i;

/**
 * A file that is written as base64 or as a data URI. Blanks, the URL-safe alphabet and missing padding are understood.
 * @returns `mimetype` is what the data URI says, or null
 * @throws AppError VALIDATION_ERROR that names what is wrong; MEDIA_REJECTED `too_large`
 */
export function readBase64(text: string): { bytes: Buffer; mimetype: string | null } {
  const [uri = '', type = '', parameters = ''] = DATA_URI.exec(text.trimStart()) ?? [];
  if (uri === '' && /^\s*data:/i.test(text)) throw invalid('is a data URI without a comma');
  if (uri !== '' && !/;\s*base64$/i.test(parameters))
    throw invalid('is a data URI that is not in base64');
  const bare = (uri === '' ? text : text.trimStart().slice(uri.length)).replace(/\s+/g, '');
  const end = bare.search(/=*$/);
  const wrong = bare.slice(0, end).search(/[^A-Za-z0-9+/_-]/);
  if (wrong !== -1) {
    const character = String.fromCodePoint(bare.codePointAt(wrong) ?? 0);
    throw invalid(`is no base64: "${character}" is none of its characters`);
  }
  if (end % 4 === 1 || bare.length - end > 2) throw invalid('is no base64: it is cut off');
  const bytes = Buffer.from(bare.slice(0, end), 'base64');
  if (bytes.length > BASE64_LIMIT_BYTES)
    throw rejected(
      'too_large',
      `A file of more than ${megabytes(BASE64_LIMIT_BYTES)} MB cannot come as base64; use a URL or POST /v1/media.`,
      { limitBytes: BASE64_LIMIT_BYTES },
    );
  return { bytes, mimetype: type === '' ? null : type };
}

const invalid = (message: string): AppError =>
  new AppError('VALIDATION_ERROR', `body.base64: ${message}`, {
    fields: [{ in: 'body', field: 'base64', message }],
  });
