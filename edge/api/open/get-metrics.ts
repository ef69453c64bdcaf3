import { METRICS_TYPE, renderMetrics } from '../../../shared/metrics/exposition.ts';
import type { App } from '../../http/app.ts';
import { limitFailedCredentials } from '../../middleware/limit-rate.ts';
import { requireMetricsToken } from '../../middleware/require-metrics-token.ts';
import { edgeMetrics } from '../../services/metrics/edge-metrics.ts';
import { measure } from '../../services/metrics/measure.ts';
import { checkReadiness } from '../../services/readiness/check-readiness.ts';

/** For Prometheus, and so not in the document of the API: docs/operations.md describes it. */
export const getMetrics = (app: App) =>
  app.get('/metrics', limitFailedCredentials, requireMetricsToken, async (c) => {
    const ctx = c.get('services');
    const [readiness, measured] = await Promise.all([checkReadiness({ ctx }), measure({ ctx })]);
    return c.body(renderMetrics(edgeMetrics(readiness, measured)), 200, {
      'content-type': METRICS_TYPE,
      'cache-control': 'no-store',
    });
  });
