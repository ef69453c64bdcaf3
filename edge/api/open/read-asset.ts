import type { Context } from 'hono';
import { AppError } from '../../../shared/errors.ts';
import type { AppEnv } from '../../context.ts';
import { basePath } from '../../values/public-url.ts';
import { PAGE_POLICY } from './pages.ts';

/**
 * A static file of the Worker.
 * @throws NOT_FOUND when there is none
 */
export async function readAsset(
  c: Context<AppEnv>,
  path: string,
  headers: Headers,
): Promise<Response> {
  const assets = c.get('services').env.ASSETS;
  const file = await assets?.fetch(new Request(new URL(path, c.req.url), { headers }));
  if (file === undefined || file.status === 404) throw new AppError('NOT_FOUND');
  return file;
}

/** A static file as a page, which nothing but its own origin may script or style. */
export async function answerPage(c: Context<AppEnv>, path: string): Promise<Response> {
  const page = await readAsset(c, path, new Headers());
  return c.body(pageBelow(basePath(c.get('services').env), await page.text()), 200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': PAGE_POLICY,
    'cache-control': 'no-cache',
  });
}

/** The page's own addresses, which are relative or at the root, below the path of this deployment. */
const pageBelow = (base: string, page: string): string =>
  page
    .replace('name="base-path" content=""', `name="base-path" content="${base}"`)
    .replaceAll(/ (href|src)="\.?\//g, ` $1="${base}/`);
