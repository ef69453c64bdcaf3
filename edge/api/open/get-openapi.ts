import type { App } from '../../http/app.ts';
import { limitPages } from '../../middleware/limit-rate.ts';
import type { DocumentPart } from './openapi-document.ts';

/**
 * `GET /openapi.json`, and a document for each source system. Loaded and built at the first request, and kept: routes do not
 * change while the Worker runs.
 */
export function getOpenapi(app: App, systems: readonly DocumentPart[]): void {
  serve(app, ['/openapi.json']);
  for (const system of systems) {
    const { name, documentAlsoAt: other } = system;
    serve(app, [`/openapi/${name}.json`, ...(other === undefined ? [] : [other])], system);
  }
}

function serve(app: App, paths: string[], part?: DocumentPart): void {
  let text: Promise<string> | undefined;
  const build = async (): Promise<string> => {
    const { buildDocument } = await import('./openapi-document.ts');
    return JSON.stringify(buildDocument(app, part));
  };
  app.on('GET', paths, limitPages, async (c) => {
    text ??= build().catch((error: unknown) => {
      text = undefined;
      throw error;
    });
    return c.body(await text, 200, {
      'content-type': 'application/json',
      'cache-control': 'public, max-age=300',
    });
  });
}
