import { AppError } from '../../../shared/errors.ts';
import type { Context } from 'hono';
import type { AppEnv } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { compressPages } from '../../middleware/compress-pages.ts';
import { limitPages } from '../../middleware/limit-rate.ts';
import { basePath } from '../../values/public-url.ts';
import { PAGE_POLICY } from './pages.ts';

/** First parts of the addresses that the dashboard answers to. All else stays the API's, also for a browser. */
export const DASHBOARD_SECTIONS = [
  'sign-in',
  'sign-up',
  'forgot-password',
  'reset-password',
  'invitations',
  'welcome',
  'sessions',
  'messages',
  'chats',
  'contacts',
  'groups',
  'leads',
  'media',
  'webhooks',
  'events',
  'statistics',
  'keys',
  'administration',
  'settings',
] as const;

const FOLDER = '/dashboard-assets';
/** Their names change with their content. */
const HASHED = /-[\w-]{8}\.(?:js|css)$/;

/** The dashboard: one page for all its addresses, and its files. */
export function getDashboard(app: App): void {
  const answerPage = async (c: Context<AppEnv>): Promise<Response> => {
    const page = await readAsset(c, `${FOLDER}/index.html`, new Headers());
    return c.body(pageBelow(basePath(c.get('services').env), await page.text()), 200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': PAGE_POLICY,
      'cache-control': 'no-cache',
    });
  };
  for (const path of ['/', ...DASHBOARD_SECTIONS.flatMap((name) => [`/${name}`, `/${name}/*`])])
    app.get(path, limitPages, compressPages, answerPage);

  app.get(`${FOLDER}/*`, limitPages, compressPages, async (c) => {
    const file = await readAsset(c, c.req.path, c.req.raw.headers);
    const answer = c.newResponse(file.body, file);
    if (HASHED.test(c.req.path))
      answer.headers.set('cache-control', 'public, max-age=31536000, immutable');
    return answer;
  });
}

/** The page's own addresses, which are relative or at the root, below the path of this deployment. */
const pageBelow = (base: string, page: string): string =>
  page
    .replace('name="base-path" content=""', `name="base-path" content="${base}"`)
    .replaceAll(/ (href|src)="\.?\//g, ` $1="${base}/`);

async function readAsset(c: Context<AppEnv>, path: string, headers: Headers): Promise<Response> {
  const assets = c.get('services').env.ASSETS;
  const file = await assets?.fetch(new Request(new URL(path, c.req.url), { headers }));
  if (file === undefined || file.status === 404) throw new AppError('NOT_FOUND');
  return file;
}
