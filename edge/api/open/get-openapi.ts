import type { App } from '../../http/app.ts';
import { limitPages } from '../../middleware/limit-rate.ts';
import { buildDocument } from './openapi-document.ts';

/** `GET /openapi.json`. Built at the first request and kept: routes do not change while the Worker runs. */
export function getOpenapi(app: App): void {
  let text: string | undefined;
  app.get('/openapi.json', limitPages, (c) => {
    text ??= JSON.stringify(buildDocument(app));
    return c.body(text, 200, {
      'content-type': 'application/json',
      'cache-control': 'public, max-age=300',
    });
  });
}
