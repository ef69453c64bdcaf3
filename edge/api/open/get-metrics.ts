import { createMiddleware } from 'hono/factory';
import { AppError } from '../../../shared/errors.ts';
import { METRICS_TYPE, renderMetrics } from '../../../shared/metrics/exposition.ts';
import { carriesToken } from '../../../shared/metrics/operators-token.ts';
import type { AppEnv } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { limitFailedCredentials, limitNotFound } from '../../middleware/limit-rate.ts';
import { edgeMetrics } from '../../services/metrics/edge-metrics.ts';
import { measure } from '../../services/metrics/measure.ts';
import { checkReadiness } from '../../services/readiness/check-readiness.ts';

/** Lets the operator's monitoring through. Without a configured token there is nothing here. */
const requireMetricsToken = createMiddleware<AppEnv>(async (c, next) => {
  const { METRICS_TOKEN: token } = c.get('services').env;
  if (token === undefined) {
    await limitNotFound(c);
    throw new AppError('NOT_FOUND');
  }
  if (!(await carriesToken(c.req.header('authorization'), token)))
    throw new AppError('UNAUTHORIZED', 'Send METRICS_TOKEN as a bearer token.');
  await next();
});

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
