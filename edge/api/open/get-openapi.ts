import type { App } from '../../http/app.ts';
import { compressPages } from '../../middleware/compress-pages.ts';
import { limitPages } from '../../middleware/limit-rate.ts';
import { basePath } from '../../values/public-url.ts';
import type { DocumentPart } from './openapi-document.ts';

/**
 * `GET /openapi.json` and `/postman.json`; the same for each source system. Loaded and built at the first request, and
 * kept: routes do not change while the Worker runs.
 */
export function getOpenapi(app: App, systems: readonly DocumentPart[]): void {
  const build = async (baseUrl: string, part?: DocumentPart) => {
    const { buildDocument } = await import('./openapi-document.ts');
    return buildDocument(app, part, basePath({ BASE_URL: baseUrl }));
  };
  const collection = async (baseUrl: string, part?: DocumentPart) => {
    const { toPostman } = await import('./postman-collection.ts');
    return toPostman(await build(baseUrl, part), baseUrl);
  };
  serve(app, ['/openapi.json'], (baseUrl) => build(baseUrl));
  serve(app, ['/postman.json'], (baseUrl) => collection(baseUrl));
  for (const system of systems) {
    const { name, documentAlsoAt: other } = system;
    const paths = [`/openapi/${name}.json`, ...(other === undefined ? [] : [other])];
    serve(app, paths, (baseUrl) => build(baseUrl, system));
    serve(app, [`/postman/${name}.json`], (baseUrl) => collection(baseUrl, system));
  }
}

function serve(app: App, paths: string[], build: (baseUrl: string) => Promise<object>): void {
  let text: Promise<string> | undefined;
  const write = async (baseUrl: string): Promise<string> => JSON.stringify(await build(baseUrl));
  app.on('GET', paths, limitPages, compressPages, async (c) => {
    text ??= write(c.get('services').env.BASE_URL).catch((error: unknown) => {
      text = undefined;
      throw error;
    });
    return c.body(await text, 200, {
      'content-type': 'application/json',
      'cache-control': 'public, max-age=300',
    });
  });
}
