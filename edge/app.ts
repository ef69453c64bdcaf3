import { OpenAPIHono } from '@hono/zod-openapi';
import { secureHeaders } from 'hono/secure-headers';
import { keys } from './api/keys.ts';
import { mount } from './api/operation.ts';
import type { AppEnv } from './context.ts';
import type { App } from './http/app.ts';
import { answerError } from './http/error-handler.ts';
import { answerNotFound } from './http/not-found.ts';
import { rejectInvalid } from './http/validation.ts';
import { limitBody, requireJson } from './middleware/accept-body.ts';
import { audit } from './middleware/audit.ts';
import { API_CREDENTIALS, authenticate } from './middleware/authenticate.ts';
import { limitFailedCredentials } from './middleware/limit-rate.ts';
import { guardOrigins } from './middleware/origins.ts';
import { checkJson } from './middleware/check-json.ts';
import { type Compose, requestContext } from './middleware/request-context.ts';
import { registerAudit } from './routes/audit/index.ts';
import { registerAdmin } from './routes/admin/index.ts';
import { showCodeOnTop } from './routes/auth/guard.ts';
import { registerAuth } from './routes/auth/index.ts';
import { registerDeliveries } from './routes/deliveries/index.ts';
import { registerEvents } from './routes/events/index.ts';
import { registerInternalQstash } from './routes/internal-qstash/index.ts';
import { registerInternalRunners } from './routes/internal-runners/index.ts';
import { registerMe } from './routes/me/index.ts';
import { registerMessages } from './routes/messages/index.ts';
import { registerOpen } from './routes/open/index.ts';
import { registerSandbox } from './routes/sandbox/index.ts';
import { registerSessions } from './routes/sessions/index.ts';
import { registerWebhooks } from './routes/webhooks/index.ts';
import { registerWorkspace } from './routes/workspace/index.ts';

/** The whole HTTP surface: what every request passes, in order, then the routes by area. */
export function createApp(compose: Compose): App {
  const app: App = new OpenAPIHono<AppEnv>({ defaultHook: rejectInvalid });
  app.onError(answerError);
  app.notFound(answerNotFound(() => app.routes));

  app.use('*', requestContext(compose));
  app.use('/auth/*', showCodeOnTop);
  app.use('*', guardOrigins);
  app.use('*', secureHeaders({ crossOriginResourcePolicy: false }));
  app.on('ALL', ['/v1/*', '/auth/*'], audit(app));
  app.use(
    '/v1/*',
    limitFailedCredentials,
    authenticate(API_CREDENTIALS),
    limitBody,
    requireJson,
    checkJson,
  );

  registerMessages(app);
  registerSessions(app);
  registerSandbox(app);
  registerWebhooks(app);
  registerDeliveries(app);
  registerEvents(app);
  mount(app, keys);
  registerAudit(app);
  registerMe(app);
  registerWorkspace(app);
  registerAdmin(app);
  registerInternalRunners(app);
  registerInternalQstash(app);
  registerAuth(app);
  registerOpen(app);
  return app;
}
