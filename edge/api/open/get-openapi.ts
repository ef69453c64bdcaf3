import type { App } from '../../http/app.ts';
import { limitPages } from '../../middleware/limit-rate.ts';
import type { DocumentPart } from './openapi-document.ts';

/**
 * `GET /openapi.json`; a document and a Postman collection for each source system. Loaded and built at the first request, and
 * kept: routes do not change while the Worker runs.
 */
export function getOpenapi(app: App, systems: readonly DocumentPart[]): void {
  const build = async (part?: DocumentPart) => {
    const { buildDocument } = await import('./openapi-document.ts');
    return buildDocument(app, part);
  };
  serve(app, ['/openapi.json'], () => build());
  for (const system of systems) {
    const { name, documentAlsoAt: other } = system;
    const paths = [`/openapi/${name}.json`, ...(other === undefined ? [] : [other])];
    serve(app, paths, () => build(system));
    serve(app, [`/postman/${name}.json`], async (baseUrl) => {
      const { toPostman } = await import('./postman-collection.ts');
      return toPostman(await build(system), baseUrl);
    });
  }
}

function serve(app: App, paths: string[], build: (baseUrl: string) => Promise<object>): void {
  let text: Promise<string> | undefined;
  const write = async (baseUrl: string): Promise<string> => JSON.stringify(await build(baseUrl));
  app.on('GET', paths, limitPages, async (c) => {
    text ??= write(new URL(c.get('services').env.BASE_URL).origin).catch((error: unknown) => {
      text = undefined;
      throw error;
    });
    return c.body(await text, 200, {
      'content-type': 'application/json',
      'cache-control': 'public, max-age=300',
    });
  });
}
