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
  /** `color` of the background as CSS writes it, `#7acca5`. */
  postStatus: row({
    input: z.object({
      text: z.string(),
      color: z.string(),
      font: z
        .number()
        .int()
        .min(0)
        .max(STATUS_FONTS - 1),
    }),
    output: StatusPost,
    patienceMs: 30_000,
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
