import type { App } from '../../http/app.ts';
import { FILES_PATH } from '../../media/file-link.ts';
import { serveFile } from '../../media/serve-file.ts';
import { limitPages } from '../../middleware/limit-rate.ts';
import { openLink } from '../../services/media/link-media.ts';

/** Files by their links: the signature is all that is asked for, and no cookie is read. */
export const getFile = (app: App) =>
  app.get(`${FILES_PATH}:id`, limitPages, async (c) => {
    const { expires = '', signature = '' } = c.req.query();
    const input = { id: c.req.param('id'), expires, signature };
    return serveFile(c.req.raw, await openLink({ services: c.get('services'), input }));
  });
