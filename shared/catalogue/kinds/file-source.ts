import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import type { MediaRule } from './kind.ts';

export const megabytes = (bytes: number): number => bytes / (1024 * 1024);

/** Most that may come as base64: it stands in the Worker's memory several times. */
export const BASE64_LIMIT_BYTES = LIMITS.base64Mebibytes.limit * 1024 * 1024;
/** Its characters, with a line break here and there. */
export const BASE64_LIMIT_CHARACTERS = Math.ceil(BASE64_LIMIT_BYTES * 1.4);

const Filename = z.string().trim().min(1).max(255).meta({
  description:
    'The name that the recipient sees; without it, the name that the file comes with. Folders and invisible characters are removed. If it lacks the ending of its type, that is added.',
  example: 'Invoice 4711.pdf',
});

/** The fields of a caller's body that say where a file is, and what it is. `checkSource` says that one of the first three is there. */
export const fileFields = ({ called, limitBytes, isNamed }: MediaRule): z.ZodRawShape => ({
  url: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .max(2048)
    .optional()
    .meta({
      description: `Address of a ${called} of at most ${megabytes(limitBytes)} MB. One of \`url\`, \`base64\` and \`mediaId\` is needed.`,
    }),
  base64: z
    .string()
    .min(1)
    .max(BASE64_LIMIT_CHARACTERS)
    .optional()
    .meta({
      description: `The file itself, of at most ${LIMITS.base64Mebibytes.limit} MB, in place of \`url\`: base64 or a data URI. Blanks, the URL-safe alphabet and missing padding are understood.`,
    }),
  mediaId: z.string().min(1).max(100).optional().meta({
    description: 'A file that `POST /v1/media` has stored, or one that came in, in place of `url`.',
  }),
  mimetype: z.string().max(100).optional().meta({
    description:
      'What you take `base64` to be. The content decides; if it is something else, the file is refused.',
  }),
  ...(isNamed ? { filename: Filename.optional() } : {}),
});

/** What a caller says of the file, as `fileFields` reads it. */
export const SaidFile = z.object({
  url: z.string().optional(),
  base64: z.string().optional(),
  mediaId: z.string().optional(),
  mimetype: z.string().optional(),
  filename: z.string().optional(),
});
export type SaidFile = z.output<typeof SaidFile>;

/** The fields that say where a file is. */
export const FILE_SOURCES = ['url', 'base64', 'mediaId'] as const;

/** Of a body with `fileFields`: exactly one source is there. */
export function checkSource(body: unknown, context: z.RefinementCtx): void {
  const said = SaidFile.parse(body);
  const given = FILE_SOURCES.filter((name) => said[name] !== undefined);
  if (given.length === 1) return;
  const names = 'exactly one of `url`, `base64` and `mediaId` is needed';
  const message = given.length === 0 ? names : `${names}, not \`${given.join('` and `')}\``;
  context.addIssue({ code: 'custom', path: [given[1] ?? 'url'], message });
}
