import { z } from 'zod';
import { row } from '../row.ts';

/** What is asked of the page that the engine shows, whatever it shows. */
export const PAGE_OPERATIONS = {
  /** A picture of the page as it is now. It can show a QR code and chats. */
  screenshot: row({
    input: z.object({}),
    output: z.object({ pngBase64: z.string() }),
    patienceMs: 10_000,
    needs: 'page',
    repeatable: true,
    example: { input: {}, output: { pngBase64: 'iVBORw0KGgo=' } },
  }),
};
