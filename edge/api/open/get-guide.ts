import type { App } from '../../http/app.ts';
import { compressPages } from '../../middleware/compress-pages.ts';
import { limitPages } from '../../middleware/limit-rate.ts';
import { answerPage, readAsset } from './read-asset.ts';

/** The guide: a page for each file of docs/, built by `scripts/build-guide.mjs`, and the files that its pages need. */
export function getGuide(app: App): void {
  app.on('GET', ['/guide', '/guide/*'], limitPages, compressPages, (c) => {
    const path = c.req.path.replace(/\/$/, '');
    return answerPage(c, path === '/guide' ? '/guide/index.html' : `${path}.html`);
  });
  app.get('/guide-assets/*', limitPages, compressPages, async (c) => {
    const file = await readAsset(c, c.req.path, c.req.raw.headers);
    return c.newResponse(file.body, file);
  });
}
