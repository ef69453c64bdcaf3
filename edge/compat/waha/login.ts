import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import { toBase64 } from '../../../shared/base64.ts';
import type { Row } from '../../api/operation.ts';
import { sessions } from '../../api/sessions.ts';
import type { AppEnv } from '../../context.ts';
import { alias, answerOf, operationOf } from '../alias.ts';
import { json } from '../json-answer.ts';
import { session as named } from './send-fields.ts';
import { namedSession, Session } from './session-view.ts';

const qr = operationOf(sessions, 'getSessionQr');
const pairingCode = operationOf(sessions, 'requestPairingCode');
const screenshot = operationOf(sessions, 'getSessionScreenshot');

const Picture = z
  .object({
    mimetype: z.literal('image/png'),
    data: z.string().openapi({ description: 'Base64.', example: 'iVBORw0KGgo…' }),
  })
  .openapi('WahaPicture', { example: { mimetype: 'image/png', data: 'iVBORw0KGgo…' } });
const QrText = z
  .object({ value: z.string().describe('The text that the code encodes.') })
  .openapi('WahaQrText', { example: { value: '2@AbCdEf,…' } });
const Qr = z.union([Picture, QrText]).openapi('WahaQr', { example: { value: '2@AbCdEf,…' } });
const Code = z.object({ code: z.string() }).openapi('WahaCode', { example: { code: 'ABCD-EFGH' } });

const picture = z.string().openapi({ format: 'binary' });
const wantsJson = (c: Context<AppEnv>): boolean =>
  accepts(c, {
    header: 'Accept',
    supports: ['image/png', 'application/json'],
    default: 'image/png',
  }) === 'application/json';

export const wahaLogin: readonly Row[] = [
  alias({
    id: 'wahaGetQr',
    method: 'get',
    path: '/compat/waha/api/{session}/auth/qr',
    summary: 'Get the QR code to scan',
    description:
      'A PNG picture; with `Accept: application/json` the same as base64, and with `format=raw` the text of the code.',
    calls: [qr],
    params: Session,
    query: z.object({
      format: z.string().optional().openapi({ description: '`image`, the default, or `raw`.' }),
    }),
    responses: {
      200: {
        description: 'The code.',
        content: {
          'image/png': { schema: picture },
          'application/json': { schema: Qr },
        },
      },
    },
    run: async ({ params: { session: id }, query: { format } }, c) => {
      if (format !== 'raw' && !wantsJson(c))
        return qr.call(c, { params: { id }, query: { format: 'png' } });
      const own = await qr.call(c, { params: { id }, query: { format: 'json' } });
      const { data } = await answerOf(own, z.object({ qr: z.string(), dataUrl: z.string() }));
      if (format === 'raw') return c.json({ value: data.qr });
      return c.json({ mimetype: 'image/png', data: data.dataUrl.replace(/^[^,]*,/, '') });
    },
  }),
  alias({
    id: 'wahaRequestCode',
    method: 'post',
    path: '/compat/waha/api/{session}/auth/request-code',
    summary: 'Get a code to type on the phone',
    calls: [pairingCode],
    params: Session,
    body: {
      schema: z.object({
        phoneNumber: z.union([z.string(), z.number()]),
        method: z.string().nullish(),
      }),
      example: { phoneNumber: '15550100001' },
    },
    responses: { 201: json('The code.', Code) },
    run: async ({ params: { session: id }, body: { phoneNumber: phone } }, c) => {
      const given = { params: { id }, body: { phone }, called: { phone: 'phoneNumber' } };
      const { data } = await answerOf(await pairingCode.call(c, given), Code);
      c.header('cache-control', 'no-store');
      return c.json({ code: data.code.replace(/^(\w{4})(\w{4})$/, '$1-$2') }, 201);
    },
  }),
  alias({
    id: 'wahaScreenshot',
    method: 'get',
    path: '/compat/waha/api/screenshot',
    summary: 'Get a picture of the session’s page',
    description: 'A PNG picture; with `Accept: application/json` the same as base64.',
    calls: [screenshot],
    query: z.object({ session: named }),
    responses: {
      200: {
        description: 'The picture.',
        content: {
          'image/png': { schema: picture },
          'application/json': { schema: Picture },
        },
      },
    },
    run: async ({ query: { session } }, c) => {
      const own = await screenshot.call(c, { params: { id: await namedSession(c, session) } });
      if (!wantsJson(c)) return own;
      const data = toBase64(new Uint8Array(await own.arrayBuffer()));
      return c.json({ mimetype: 'image/png', data });
    },
  }),
];
