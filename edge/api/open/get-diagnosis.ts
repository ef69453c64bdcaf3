import type { App } from '../../http/app.ts';
import { ok } from '../../http/envelope.ts';
import { limitFailedCredentials } from '../../middleware/limit-rate.ts';
import { requireMetricsToken } from '../../middleware/require-metrics-token.ts';
import { diagnose } from '../../services/diagnosis/diagnose.ts';

/** For `npm run doctor`, and so not in the document of the API: docs/operations.md describes it. */
export const getDiagnosis = (app: App) =>
  app.get('/diagnosis', limitFailedCredentials, requireMetricsToken, async (c) => {
    const diagnosis = await diagnose({ ctx: c.get('services') });
    c.header('cache-control', 'no-store');
    return ok(c, diagnosis, 200);
  });
