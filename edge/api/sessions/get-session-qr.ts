import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import { answer, ok } from '../../http/envelope.ts';
import { toBase64 } from '../../../shared/base64.ts';
import { getSessionQr as getSessionQrVerb } from '../../services/sessions/get-session-qr.ts';
import { rawOperation } from '../operation.ts';
import { scope } from '../takes.ts';
import { SessionRef } from './schemas.ts';

const FORMATS = ['json', 'png', 'svg', 'text'] as const;
type Format = (typeof FORMATS)[number];

const FORMAT_OF_TYPE: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'image/png': 'png',
  'image/svg+xml': 'svg',
  'text/plain': 'text',
};

const Query = z.object({
  format: z.enum(FORMATS).optional().openapi({ description: 'Used instead of the Accept header.' }),
  wait: z.coerce
    .number()
    .int()
    .min(0)
    .max(30)
    .default(10)
    .openapi({ description: 'Seconds to wait for the first code.' }),
});

const Qr = z
  .object({
    qr: z.string().describe('The text that the code encodes.'),
    dataUrl: z.string().describe('The code as a PNG image.'),
    expiresAt: z.iso.datetime().describe('When a new code replaces this one.'),
  })
  .openapi('SessionQr', {
    example: {
      qr: '2@AbCdEf,…',
      dataUrl: 'data:image/png;base64,iVBORw0KGgo…',
      expiresAt: '2026-11-21T10:00:20.000Z',
    },
  });

const image = z.string().openapi({ format: 'binary' });

export const getSessionQr = rawOperation({
  id: 'getSessionQr',
  method: 'get',
  path: '/v1/sessions/{id}/qr',
  takes: scope('sessions:write'),
  summary: 'Get the QR code to scan',
  description:
    'The current code, as JSON, PNG, SVG or plain text. It is a credential and changes about every 20 seconds: ask again once `expiresAt` (header `x-qr-expires-at`) has passed.',
  params: SessionRef,
  query: Query,
  responses: {
    200: {
      description: 'The code.',
      content: {
        ...answer('', Qr).content,
        'image/png': { schema: image },
        'image/svg+xml': { schema: image },
        'text/plain': { schema: z.string() },
      },
    },
  },
  errors: ['SESSION_NOT_FOUND', 'SESSION_NOT_READY', 'CONFLICT'],
  run: async ({ ctx, params: { id }, query: { format, wait } }, c) => {
    const code = await getSessionQrVerb({ ctx, input: { id, waitMs: wait * 1000 } });
    const { qr, expiresAt, sessionId, sessionName } = code;
    c.header('cache-control', 'no-store');
    c.header('x-qr-expires-at', expiresAt);
    const wanted = format ?? formatOf(c);
    if (wanted === 'text') return c.text(qr, 200);
    // Drawing is no part of the Worker's start.
    const { qrPng, qrSvg } = await import('../../media/qr-image.ts');
    if (wanted === 'svg') return c.body(qrSvg(qr), 200, { 'content-type': 'image/svg+xml' });
    const png = await qrPng(qr);
    if (wanted === 'png') return c.body(png.slice().buffer, 200, { 'content-type': 'image/png' });
    const dataUrl = `data:image/png;base64,${toBase64(png)}`;
    return ok(c, { qr, dataUrl, expiresAt }, 200, { sessionId, sessionName });
  },
});

/** The format that the Accept header asks for. */
function formatOf(c: Context): Format {
  const supports = Object.keys(FORMAT_OF_TYPE);
  const type = accepts(c, { header: 'Accept', supports, default: 'application/json' });
  return FORMAT_OF_TYPE[type] ?? 'json';
}
