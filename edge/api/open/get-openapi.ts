import type { App } from '../../http/app.ts';
import { limitPages } from '../../middleware/limit-rate.ts';

/** `GET /openapi.json`. Loaded and built at the first request, and kept: routes do not change while the Worker runs. */
export function getOpenapi(app: App): void {
  let text: Promise<string> | undefined;
  const build = async (): Promise<string> => {
    const { buildDocument } = await import('./openapi-document.ts');
    return JSON.stringify(buildDocument(app));
  };
  app.get('/openapi.json', limitPages, async (c) => {
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
