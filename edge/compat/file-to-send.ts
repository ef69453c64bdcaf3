import { z } from '@hono/zod-openapi';
import { messages } from '../api/messages.ts';
import type { Row } from '../api/operation.ts';
import type { Given } from '../http/read-request.ts';
import { operationOf } from './alias.ts';

/** The spellings that clients of the source systems use for a file, its name and its caption. */
export const fileFields = {
  mediaUrl: z.string().optional().openapi({
    description:
      'Address of the file. Its ending says what it is sent as: an image, a video, an audio file, or else a document. `media_url` means the same.',
    example: 'https://files.example.com/invoice.pdf',
  }),
  media_url: z.string().optional().openapi({ description: 'As `mediaUrl`.' }),
  caption: z.string().optional(),
  filename: z.string().optional().openapi({
    description: 'The name that the recipient sees. `fileName` means the same.',
  }),
  fileName: z.string().optional().openapi({ description: 'As `filename`.' }),
};
const FileFields = z.object(fileFields);
type FileFields = z.output<typeof FileFields>;

const KINDS = {
  image: { send: operationOf(messages, 'sendImage'), endings: 'jpg jpeg png gif webp' },
  video: { send: operationOf(messages, 'sendVideo'), endings: 'mp4 3gp mov' },
  audio: { send: operationOf(messages, 'sendAudio'), endings: 'mp3 m4a aac amr ogg oga opus' },
  document: { send: operationOf(messages, 'sendDocument'), endings: '' },
} as const;
type Kind = keyof typeof KINDS;

/** Everything that `fileSend` may call. */
export const FILE_SENDS: readonly [Row, ...Row[]] = [
  KINDS.image.send,
  KINDS.video.send,
  KINDS.audio.send,
  KINDS.document.send,
];

/** Whether a file is named, in either spelling. */
export const namesFile = ({ mediaUrl, media_url: spelt }: FileFields): boolean =>
  (mediaUrl ?? spelt) !== undefined;

/** Of a body with a file: where it is, and nothing in two spellings that differ. */
export function checkFile(body: FileFields, context: z.RefinementCtx): void {
  if (!namesFile(body))
    context.addIssue({ code: 'custom', path: ['mediaUrl'], message: 'is required' });
  checkSpellings(body, context);
}

/** Of a body that may have a file: nothing stands in two spellings that differ. */
export function checkSpellings(body: FileFields, context: z.RefinementCtx): void {
  for (const [one, other] of [
    ['mediaUrl', 'media_url'],
    ['filename', 'fileName'],
  ] as const)
    if (body[one] !== undefined && body[other] !== undefined && body[one] !== body[other])
      context.addIssue({
        code: 'custom',
        path: [other],
        message: `must not differ from \`${one}\``,
      });
}

/**
 * The send of a file, by the ending of its name or address. The content must be what that promises, or the send is refused.
 * @param to who it is for, and from which session
 * @param known what it is sent as, whatever its ending
 * @returns also the fields that such a file has no use for
 */
export function fileSend(
  { mediaUrl, media_url: spelt, caption = '', filename, fileName = filename }: FileFields,
  to: Readonly<Record<string, unknown>>,
  known?: Kind,
): { send: Row; given: Given; ignored: string[] } {
  const url = mediaUrl ?? spelt ?? '';
  const kind = known ?? kindOf(fileName ?? '') ?? kindOf(url.replace(/[?#].*$/s, '')) ?? 'document';
  const called = {
    url: mediaUrl === undefined ? 'media_url' : 'mediaUrl',
    filename: filename === undefined ? 'fileName' : 'filename',
  };
  const [hasCaption, hasName] = [caption !== '', fileName !== undefined];
  const [takesCaption, takesName] = [kind !== 'audio', kind !== 'image'];
  const body = {
    ...to,
    url,
    ...(hasCaption && takesCaption && { caption }),
    ...(hasName && takesName && { filename: fileName }),
  };
  const ignored = [
    ...(hasCaption && !takesCaption ? ['caption'] : []),
    ...(hasName && !takesName ? [called.filename] : []),
  ];
  return { send: KINDS[kind].send, given: { body, called }, ignored };
}

/** Null where the ending says nothing. */
function kindOf(name: string): Kind | null {
  const [, ending = ''] = /\.(\w+)$/.exec(name.toLowerCase()) ?? [];
  const kinds = ['image', 'video', 'audio'] as const;
  return kinds.find((kind) => KINDS[kind].endings.split(' ').includes(ending)) ?? null;
}
