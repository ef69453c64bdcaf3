import { createMiddleware } from 'hono/factory';
import { AppError } from '../../shared/errors.ts';
import { carriesToken } from '../../shared/metrics/operators-token.ts';
import type { AppEnv } from '../context.ts';
import { limitNotFound } from './limit-rate.ts';

/** Lets the operator's monitoring through. Without a configured token there is nothing here. */
export const requireMetricsToken = createMiddleware<AppEnv>(async (c, next) => {
  const { METRICS_TOKEN: token } = c.get('services').env;
  if (token === undefined) {
    await limitNotFound(c);
    throw new AppError('NOT_FOUND');
  }
  if (!(await carriesToken(c.req.header('authorization'), token)))
    throw new AppError('UNAUTHORIZED', 'Send METRICS_TOKEN as a bearer token.');
  await next();
});
