import type { App } from '../../http/app.ts';
import { compressPages } from '../../middleware/compress-pages.ts';
import { limitPages } from '../../middleware/limit-rate.ts';
import { answerPage, readAsset } from './read-asset.ts';

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
  for (const path of ['/', ...DASHBOARD_SECTIONS.flatMap((name) => [`/${name}`, `/${name}/*`])])
    app.get(path, limitPages, compressPages, (c) => answerPage(c, `${FOLDER}/index.html`));

  app.get(`${FOLDER}/*`, limitPages, compressPages, async (c) => {
    const file = await readAsset(c, c.req.path, c.req.raw.headers);
    const answer = c.newResponse(file.body, file);
    if (HASHED.test(c.req.path))
      answer.headers.set('cache-control', 'public, max-age=31536000, immutable');
    return answer;
  });
}
