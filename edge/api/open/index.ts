import type { App } from '../../http/app.ts';
import { getDashboard } from './get-dashboard.ts';
import { getFile } from './get-file.ts';
import { getHealth } from './get-health.ts';
import { getOpenapi } from './get-openapi.ts';
import { getPages } from './get-pages.ts';
import { getReady } from './get-ready.ts';

export function registerOpen(app: App): void {
  getFile(app);
  getHealth(app);
  getReady(app);
  getOpenapi(app);
  getPages(app);
  getDashboard(app);
}
