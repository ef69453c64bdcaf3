import { AppError } from '../../../shared/errors.ts';
import type { App } from '../../http/app.ts';
import { compressPages } from '../../middleware/compress-pages.ts';
import { limitPages } from '../../middleware/limit-rate.ts';
import type { DocumentPart } from './openapi-document.ts';
import { docsPage, PAGE_POLICY } from './pages.ts';

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': PAGE_POLICY,
  'cache-control': 'public, max-age=300',
};

/** Pages for people, and the static files they need. */
export function getPages(app: App, systems: readonly DocumentPart[]): void {
  const page = docsPage(systems);
  app.get('/docs', limitPages, compressPages, (c) => c.body(page, 200, PAGE_HEADERS));
  app.get('/docs-assets/*', limitPages, compressPages, async (c) => {
    const assets = c.get('services').env.ASSETS;
    if (assets === undefined) throw new AppError('NOT_FOUND');
    const file = await assets.fetch(c.req.raw);
    if (file.status === 404) throw new AppError('NOT_FOUND');
    return c.newResponse(file.body, file);
  });
}
