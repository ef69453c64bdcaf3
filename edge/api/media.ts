import { z } from '@hono/zod-openapi';
import { PageQuery } from '../http/cursor.ts';
import { FileLink } from '../../shared/catalogue/file-link.ts';
import { cleanFilename } from '../media/filename.ts';
import { isForm } from '../media/form-parts.ts';
import { serveFile } from '../media/serve-file.ts';
import { LARGE_UPLOAD_RULE, UPLOAD_RULE } from '../media/store-media.ts';
import { completeUpload } from '../services/media/complete-upload.ts';
import { createUpload } from '../services/media/create-upload.ts';
import { deleteMedia } from '../services/media/delete-media.ts';
import { getMedia } from '../services/media/get-media.ts';
import { linkMedia } from '../services/media/link-media.ts';
import { listMedia, MEDIA_TYPES } from '../services/media/list-media.ts';
import { receiveForm, receiveUpload } from '../services/media/receive-upload.ts';
import { uploadMedia } from '../services/media/upload-media.ts';
import { Deleted } from './deleted.ts';
import { SessionLookup } from './name-fields.ts';
import { area, operation, rawOperation, withMeta } from './operation.ts';
import { scope } from './takes.ts';

const MEDIA_EXAMPLE = 'med_01k2q8z6m4c8f7h3n5r9t1v0wx';

const MediaRef = z.object({
  id: z
    .string()
    .min(1)
    .max(100)
    .openapi({ param: { name: 'id', in: 'path' }, example: MEDIA_EXAMPLE }),
});

const StoredFile = z
  .object({
    id: z.string().describe('For `mediaId` of a send.'),
    sessionId: z.string().nullable().describe('Null for an upload.'),
    direction: z
      .enum(['inbound', 'outbound'])
      .describe('`inbound` was received from WhatsApp, `outbound` was uploaded or sent.'),
    mimetype: z.string(),
    filename: z.string().nullable(),
    sizeBytes: z.number().int(),
    sha256: z.string(),
    url: z.string().describe('Where to read it, with a credential of the workspace.'),
    createdAt: z.iso.datetime().describe('When it arrived.'),
    expiresAt: z.iso
      .datetime()
      .describe('When it is deleted, unless the settings of the workspace change before.'),
  })
  .openapi('StoredFile', {
    example: {
      id: MEDIA_EXAMPLE,
      sessionId: null,
      direction: 'outbound' as const,
      mimetype: 'application/pdf',
      filename: 'Invoice 4711.pdf',
      sizeBytes: 48_213,
      sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      url: `https://waypost.example/v1/media/${MEDIA_EXAMPLE}`,
      createdAt: '2026-11-21T10:00:00.000Z',
      expiresAt: '2026-11-23T00:00:00.000Z',
    },
  });

const Upload = z
  .object({
    id: z.string().describe('Of the upload, and of the file that it becomes.'),
    uploadUrl: z.string().describe('Takes one PUT of the file, without a credential.'),
    expiresAt: z.iso.datetime(),
  })
  .openapi('Upload', {
    example: {
      id: MEDIA_EXAMPLE,
      uploadUrl:
        'https://account.r2.cloudflarestorage.com/waypost/wks_01k2q8z6m4c8f7h3n5r9t1v0wx/uploads/med_01k2q8z6m4c8f7h3n5r9t1v0wx?X-Amz-Signature=5c2d',
      expiresAt: '2026-11-21T11:00:00.000Z',
    },
  });

const BYTES = {
  'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) },
};

export const media = area('Media', [
  operation({
    id: 'uploadMedia',
    method: 'post',
    path: '/v1/media',
    takes: scope('messages:send'),
    summary: 'Upload a file',
    description:
      'Stores a file of at most 64 MB. Send it by `mediaId`, as often as you like. The body is the file itself, and `Content-Type` may say what it is; or it is a form with the file as its part `file`. The file is kept for the workspace’s `mediaRetentionHours`, then until its `cleanupTime` comes round, and as long as a queued message needs it.',
    query: z.object({
      filename: z.string().min(1).max(255).optional().openapi({
        description: 'Its name. In a form its part may have the name.',
        example: 'Invoice 4711.pdf',
      }),
    }),
    file: { limitBytes: UPLOAD_RULE.limitBytes },
    answer: [201, 'The stored file.', StoredFile],
    errors: ['MEDIA_REJECTED', 'LIMIT_EXCEEDED'],
    run: async ({ ctx, query, request }) => {
      const terms = { rule: UPLOAD_RULE, filename: query.filename, withFields: false };
      const input = isForm(request)
        ? (await receiveForm(ctx, request, terms)).file
        : await receiveUpload(ctx, UPLOAD_RULE, fileIn(request, query.filename));
      return uploadMedia({ ctx, input });
    },
  }),
  operation({
    id: 'createUpload',
    method: 'post',
    path: '/v1/media/uploads',
    takes: scope('messages:send'),
    summary: 'Begin the upload of a large file',
    description:
      'For a file of up to 256 MB, which goes directly to the storage: PUT exactly `sizeBytes` bytes to `uploadUrl`, without a credential, then complete the upload. One that is not completed within an hour is deleted. Messages take files of up to 64 MB; a larger one can be shared by its link.',
    body: {
      schema: z.strictObject({
        sizeBytes: z.number().int().min(1).max(LARGE_UPLOAD_RULE.limitBytes),
        filename: z.string().min(1).max(255).optional(),
        mimetype: z.string().min(3).max(255).optional().openapi({
          description:
            'What the file is, if you know. The content decides, and must not contradict it.',
        }),
      }),
      example: { sizeBytes: 120_482_113, filename: 'Catalogue 2027.pdf' },
    },
    answer: [201, 'Where to put the file.', Upload],
    noStore: true,
    errors: ['LIMIT_EXCEEDED'],
    run: ({ ctx, body: { sizeBytes, filename = '', mimetype = null } }) =>
      createUpload({ ctx, input: { sizeBytes, mimetype, filename: cleanFilename(filename) } }),
  }),
  operation({
    id: 'completeUpload',
    method: 'post',
    path: '/v1/media/uploads/{id}/complete',
    takes: scope('messages:send'),
    summary: 'Complete the upload of a large file',
    description:
      'Checks what was uploaded and keeps it, as `POST /v1/media` does. The file has the id of the upload. Asked again, it answers the same.',
    params: MediaRef,
    answer: [201, 'The stored file.', StoredFile],
    errors: ['NOT_FOUND', 'CONFLICT', 'MEDIA_REJECTED', 'LIMIT_EXCEEDED'],
    run: ({ ctx, params }) => completeUpload({ ctx, input: params }),
  }),
  operation({
    id: 'listMedia',
    method: 'get',
    path: '/v1/media',
    takes: scope('messages:read'),
    summary: 'List files, newest first',
    description: 'Files that were received, sent or uploaded, and have not expired.',
    query: z.object({
      ...PageQuery,
      sessionId: SessionLookup.optional().openapi({ description: 'Only files of this session.' }),
      direction: z.enum(['inbound', 'outbound']).optional(),
      type: z.enum(MEDIA_TYPES).optional(),
    }),
    answer: [200, 'A page of files.', z.array(StoredFile)],
    errors: ['SESSION_NOT_FOUND'],
    run: async ({ ctx, query }) => {
      const { sessionId, direction = null, type = null, cursor = null, limit } = query;
      const input = { session: sessionId ?? null, direction, type, cursor, limit };
      const { media: page, nextCursor } = await listMedia({ ctx, input });
      return withMeta(page, { nextCursor });
    },
  }),
  rawOperation({
    id: 'getMedia',
    method: 'get',
    path: '/v1/media/{id}',
    takes: scope('messages:read'),
    summary: 'Get a stored file',
    description:
      'The bytes of a file that was received, sent or uploaded. `Range` with one range, `If-Range` and `HEAD` work; a range beyond the end of the file is answered with 416.',
    params: MediaRef,
    responses: {
      200: { description: 'The file, with its type and name.', content: BYTES },
      206: { description: 'The range that was asked for.', content: BYTES },
    },
    errors: ['NOT_FOUND'],
    run: async ({ ctx, params, request }) =>
      serveFile(request, await getMedia({ ctx, input: params })),
  }),
  operation({
    id: 'linkMedia',
    method: 'get',
    path: '/v1/media/{id}/link',
    takes: scope('messages:read'),
    summary: 'Get a link to a file',
    description:
      'Anyone who has the link can read the file, without a credential, until it expires or the file is deleted. Browsers download the file and never show it as a page.',
    params: MediaRef,
    query: z.object({
      expiresInSeconds: z.coerce
        .number()
        .int()
        .min(60)
        .max(604_800)
        .default(3_600)
        .openapi({ description: 'How long the link works, up to a week.' }),
    }),
    answer: [200, 'The link.', FileLink],
    noStore: true,
    errors: ['NOT_FOUND'],
    run: ({ ctx, params, query }) => linkMedia({ ctx, input: { ...params, ...query } }),
  }),
  operation({
    id: 'deleteMedia',
    method: 'delete',
    path: '/v1/media/{id}',
    takes: scope('messages:send'),
    summary: 'Delete a file',
    description: 'Nobody can read it from then on. Its bytes are removed within minutes.',
    params: MediaRef,
    answer: [200, 'The file is gone.', Deleted],
    errors: ['NOT_FOUND', 'CONFLICT'],
    run: ({ ctx, params }) => deleteMedia({ ctx, input: params }),
  }),
]);

function fileIn({ headers, body }: Request, filename = '') {
  const length = headers.get('content-length');
  return {
    body: body ?? new Blob().stream(),
    sizeBytes: length === null ? null : Number(length),
    declared: { filename: cleanFilename(filename), mimetype: headers.get('content-type') },
  };
}
