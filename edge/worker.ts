import { carriesToken } from '../shared/metrics/operators-token.ts';
import { createApp } from './app.ts';
import { createIsolateState, createServices } from './compose.ts';
import { type EdgeEnv, parseEdgeEnv } from './env.ts';
import { RealtimeHub } from './hub/hub.ts';
import { consoleLog } from './log/log.ts';
import { runCron, watchExpiry } from './jobs/cron.ts';
import { writeAudit } from './jobs/write-audit.ts';
import { withoutBasePath } from './values/public-url.ts';

export { Egress } from './egress/entrypoint.ts';

type Bindings = Record<string, unknown>;

type Waiting = Pick<ExecutionContext, 'waitUntil'>;

/** One Worker: its routes, and what lives as long as its isolate. */
function createWorker() {
  const isolate = createIsolateState(consoleLog);
  const parsed = new WeakMap<object, EdgeEnv>();

  const envOf = (bindings: Bindings): EdgeEnv => {
    const known = parsed.get(bindings);
    if (known !== undefined) return known;
    const env = parseEdgeEnv(bindings);
    parsed.set(bindings, env);
    return env;
  };
  const compose = (bindings: Bindings, execution: Waiting) =>
    createServices({
      env: envOf(bindings),
      isolate,
      waitUntil: (work) => execution.waitUntil(work),
    });
  const app = createApp(compose);

  const handler: ExportedHandler<Bindings> = {
    fetch: async (request, bindings, execution) => {
      try {
        envOf(bindings);
      } catch (error) {
        isolate.log({ event: 'bad_environment', message: String(error) });
        return badEnvironment(request, bindings, error);
      }
      return app.fetch(withoutBasePath(request, envOf(bindings)), bindings, execution);
    },
    scheduled: async (_controller, bindings, execution) => {
      const services = compose(bindings, execution);
      await Promise.all([runCron(services), watchExpiry(services)]);
    },
    queue: async (batch, bindings, execution) => {
      await writeAudit(compose(bindings, execution), batch);
    },
  };
  return { handler, app, compose };
}

/** Without an environment there are no services to make an answer with. The log names the fields, and so does this to the operator. */
async function badEnvironment(
  request: Request,
  { METRICS_TOKEN: token }: Bindings,
  cause: unknown,
): Promise<Response> {
  const isOperator =
    typeof token === 'string' &&
    token.length >= 16 &&
    (await carriesToken(request.headers.get('authorization') ?? undefined, token));
  const error = {
    code: 'INTERNAL',
    message: "The Worker's environment is not valid; see its log.",
    ...(isOperator ? { details: { reason: String(cause) } } : {}),
  };
  return Response.json({ success: false, error }, { status: 500 });
}

const { handler, app, compose } = createWorker();

/** The Durable Object that wrangler.toml names. */
export class Hub extends RealtimeHub {
  constructor(ctx: DurableObjectState, env: Bindings) {
    const execution = {
      waitUntil: (work: Promise<unknown>) => ctx.waitUntil(work),
      passThroughOnException: () => undefined,
      props: {},
    };
    super(ctx, env, {
      services: () => compose(env, ctx),
      fetch: async (request) => app.fetch(request, env, execution),
    });
  }
}

export default handler;
