import type { PAGE_OPERATIONS } from '../../../../shared/catalogue/live/page.ts';
import type { Implementers } from '../../operations.ts';
import type { LivePage } from './live-page.ts';

export const PAGE: Implementers<LivePage, keyof typeof PAGE_OPERATIONS> = {
  screenshot: async ({ page }) => ({
    pngBase64: await page.screenshot({ type: 'png', encoding: 'base64' }),
  }),
};
