import { z } from 'zod';
import { row } from '../row.ts';

/** Operations on the engine's page, whatever it shows. */
export const PAGE_OPERATIONS = {
  /** A picture of the current page. It can show a QR code and chats. */
  screenshot: row({
    input: z.object({}),
    output: z.object({ pngBase64: z.string() }),
    patienceMs: 10_000,
    needs: 'page',
    repeatable: true,
    example: { input: {}, output: { pngBase64: 'iVBORw0KGgo=' } },
  }),
};
