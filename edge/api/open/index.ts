import type { App } from '../../http/app.ts';
import { getDashboard } from './get-dashboard.ts';
import { getDiagnosis } from './get-diagnosis.ts';
import { getFile } from './get-file.ts';
import { getGuide } from './get-guide.ts';
import { getHealth } from './get-health.ts';
import { getMetrics } from './get-metrics.ts';
import { getOpenapi } from './get-openapi.ts';
import { getPages } from './get-pages.ts';
import { getReady } from './get-ready.ts';
import type { DocumentPart } from './openapi-document.ts';

/** @param systems the source systems, which have documents of their own */
export function registerOpen(app: App, systems: readonly DocumentPart[]): void {
  getFile(app);
  getHealth(app);
  getReady(app);
  getMetrics(app);
  getDiagnosis(app);
  getOpenapi(app, systems);
  getPages(app, systems);
  getDashboard(app);
  getGuide(app);
}
