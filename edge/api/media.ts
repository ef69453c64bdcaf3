import { z } from '@hono/zod-openapi';
import { create } from 'content-disposition';
import { cleanFilename } from '../media/filename.ts';
import { isForm } from '../media/form-parts.ts';
import { UPLOAD_RULE } from '../media/store-media.ts';
import { deleteMedia } from '../services/media/delete-media.ts';
import { getMedia } from '../services/media/get-media.ts';
import { receiveForm, receiveUpload } from '../services/media/receive-upload.ts';
import { uploadMedia } from '../services/media/upload-media.ts';
import { Deleted } from './deleted.ts';
import { area, operation, rawOperation } from './operation.ts';
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
    mimetype: z.string(),
    filename: z.string().nullable(),
    sizeBytes: z.number().int(),
    sha256: z.string(),
    url: z.string().describe('Where to read it, with a credential of the workspace.'),
    expiresAt: z.iso
      .datetime()
      .describe('When it is deleted, unless the settings of the workspace change before.'),
  })
  .openapi('StoredFile', {
    example: {
      id: MEDIA_EXAMPLE,
      mimetype: 'application/pdf',
      filename: 'Invoice 4711.pdf',
      sizeBytes: 48_213,
      sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      url: `https://waypost.example/v1/media/${MEDIA_EXAMPLE}`,
      expiresAt: '2026-11-22T10:00:00.000Z',
    },
  });

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
  rawOperation({
    id: 'getMedia',
    method: 'get',
    path: '/v1/media/{id}',
    takes: scope('messages:read'),
    summary: 'Get a stored file',
    description: 'The bytes of a file that was received, sent or uploaded.',
    params: MediaRef,
    responses: {
      200: {
        description: 'The file, with its type and name.',
        content: {
          'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) },
        },
      },
    },
    errors: ['NOT_FOUND'],
    run: async ({ ctx, params }) => {
      const { body, mimetype, filename, sizeBytes } = await getMedia({ ctx, input: params });
      return new Response(body, {
        headers: {
          'content-type': mimetype,
          'content-length': String(sizeBytes),
          // It is somebody else's file: no browser shows it as a page of ours.
          'content-disposition': create(cleanFilename(filename ?? '') ?? undefined),
          'content-security-policy': 'sandbox',
          'x-content-type-options': 'nosniff',
          'cache-control': 'private, no-store',
        },
      });
    },
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
