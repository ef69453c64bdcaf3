import { z } from 'zod';
import { row } from '../row.ts';

export const StatusPost = z.object({
  wireId: z.string().describe('The id that the post has on WhatsApp.'),
  type: z.string().describe('What WhatsApp calls its kind: `chat` is a text.'),
  text: z.string().nullable().describe('The text, or the caption of a file.'),
  postedAt: z.iso.datetime(),
});
export type StatusPost = z.output<typeof StatusPost>;

/** The fonts that WhatsApp numbers from 0 to 7. */
export const STATUS_FONTS = 8;

const POST: StatusPost = {
  wireId: '3EB0C431C26A1916E07A5D',
  type: 'chat',
  text: 'Open on Sunday',
  postedAt: '2026-11-21T10:41:58.000Z',
};

const StatusText = z.object({
  text: z.string(),
  color: z.string().describe('The background, as CSS writes it: `#7acca5`.'),
  font: z
    .number()
    .int()
    .min(0)
    .max(STATUS_FONTS - 1),
});
export type StatusText = z.output<typeof StatusText>;

/** An image or a video. `fileUrl` is a presigned GET on our own object storage. */
const StatusFile = z.object({
  fileUrl: z.string(),
  mimetype: z.string(),
  caption: z.string().nullable(),
});
export type StatusFile = z.output<typeof StatusFile>;

/** Operations on the session's own status posts, which WhatsApp shows for a day. */
export const STATUS_OPERATIONS = {
  listStatus: row({
    input: z.object({}),
    output: z.object({ posts: z.array(StatusPost) }),
    patienceMs: 10_000,
    needs: 'online',
    repeatable: true,
    example: { input: {}, output: { posts: [POST] } },
  }),
  /** MEDIA_REJECTED for a file that WhatsApp Web cannot read or play. */
  postStatus: row({
    input: z.union([StatusText, StatusFile]),
    output: StatusPost,
    patienceMs: 60_000,
    needs: 'online',
    repeatable: false,
    example: { input: { text: POST.text ?? '', color: '#7acca5', font: 0 }, output: POST },
  }),
  /** For everybody. One that is not there, or is a day old, is NOT_FOUND. */
  deleteStatus: row({
    input: z.object({ wireId: z.string() }),
    output: z.object({ deleted: z.literal(true) }),
    patienceMs: 15_000,
    needs: 'online',
    repeatable: true,
    example: { input: { wireId: POST.wireId }, output: { deleted: true } },
  }),
};
