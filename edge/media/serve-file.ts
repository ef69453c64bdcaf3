import { create } from 'content-disposition';
import { cleanFilename } from './filename.ts';
import type { ByteRange } from './object-store.ts';

/** A stored file that somebody may read. */
export type ServedFile = {
  mimetype: string;
  filename: string | null;
  sizeBytes: number;
  sha256: string;
  /** Its bytes, or those of a range of it. */
  open(range: ByteRange | null): Promise<ReadableStream<Uint8Array>>;
};

/** What a browser could take for a page or a script of ours. */
const ACTIVE =
  /^(?:text\/(?:html|xml|xsl|\w*(?:java|ecma)script)|application\/(?:xml|\w*(?:java|ecma)script)|[^;]*\+xml)(?:;|$)/;
const HEADER_TYPE = /^[\w.+-]+\/[\w.+-]+(?:; ?[\w-]+=[\w."+-]+)*$/;

/** A file as an answer: whole, or the one range that was asked for; for HEAD, without its bytes. No browser shows it as a page. */
export async function serveFile(request: Request, file: ServedFile): Promise<Response> {
  const etag = `"${file.sha256}"`;
  const headers = new Headers({
    'content-type': servedType(file.mimetype),
    'content-disposition': create(cleanFilename(file.filename ?? '') ?? undefined),
    'content-security-policy': 'sandbox',
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-store',
    'accept-ranges': 'bytes',
    etag,
  });
  const range = rangeIn(request, file.sizeBytes, etag);
  if (range === 'beyond') {
    headers.set('content-range', `bytes */${file.sizeBytes}`);
    return new Response(null, { status: 416, headers });
  }
  const { first, last } = range ?? { first: 0, last: file.sizeBytes - 1 };
  headers.set('content-length', String(last - first + 1));
  if (range !== null) headers.set('content-range', `bytes ${first}-${last}/${file.sizeBytes}`);
  const body = request.method === 'HEAD' ? null : await file.open(range);
  return new Response(body, { status: range === null ? 200 : 206, headers });
}

const servedType = (mimetype: string): string =>
  HEADER_TYPE.test(mimetype) && !ACTIVE.test(mimetype.toLowerCase())
    ? mimetype
    : 'application/octet-stream';

/** The range that is asked for; null for the whole, also where several are, or one of another version (RFC 9110, 14.2). */
function rangeIn(
  { headers }: Request,
  sizeBytes: number,
  etag: string,
): ByteRange | null | 'beyond' {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/i.exec(headers.get('range') ?? '') ?? [];
  if ((from === '' && to === '') || (headers.get('if-range') ?? etag) !== etag) return null;
  const first = from === '' ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  const last = from === '' || to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  if (from !== '' && to !== '' && Number(to) < Number(from)) return null;
  return first > last ? 'beyond' : { first, last };
}
