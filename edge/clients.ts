import { SpanExporter } from '../shared/tracing/span-exporter.ts';
import type { Services } from './context.ts';
import type { EdgeEnv } from './env.ts';
import type { Log } from './log/log.ts';
import { createDatabase } from './db/client.ts';
import { createHttpMailer } from './mail/http-mailer.ts';
import { createS3ObjectStore } from './media/s3-object-store.ts';
import { createHubs } from './realtime/hub-client.ts';
import { createFleet } from './runners/fleets/create-fleet.ts';
import { createRunnerClient } from './runners/signed-http-client.ts';
import { ContentSeal } from './values/content-seal.ts';
import { createQstashClock } from './webhooks/qstash-clock.ts';

/** Made when it is first asked for, and kept. */
export function once<Made>(make: () => Made): () => Made {
  let made: { value: Made } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Clients that remember nothing of a request. Making them costs more than most requests need of them. */
export type Clients = Pick<
  Services,
  'db' | 'objects' | 'runners' | 'fleet' | 'webhookClock' | 'hubs' | 'mailer' | 'contentSeal'
> & {
  /** Null: no collector is configured. Spans of many requests go to it together. */
  spans: SpanExporter | null;
};

function createClients(env: EdgeEnv, log: Log): Clients {
  const db = once(() => createDatabase({ url: env.DATABASE_URL, httpUrl: env.DATABASE_HTTP_URL }));
  const objects = once(() => createS3ObjectStore(env));
  const runners = once(() => createRunnerClient(env));
  const fleet = once(() => createFleet(env));
  const webhookClock = once(() => createQstashClock(env));
  const hubs = once(() => createHubs(env));
  const mailer = once(() => createHttpMailer({ env }));
  const contentSeal = once(() => new ContentSeal(env.SESSION_ENCRYPTION_KEY));
  return {
    spans: createSpanExporter(env, log),
    get db() {
      return db();
    },
    get objects() {
      return objects();
    },
    get runners() {
      return runners();
    },
    get fleet() {
      return fleet();
    },
    get webhookClock() {
      return webhookClock();
    },
    get hubs() {
      return hubs();
    },
    get mailer() {
      return mailer();
    },
    get contentSeal() {
      return contentSeal();
    },
  };
}

function createSpanExporter(env: EdgeEnv, log: Log): SpanExporter | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers } = env;
  if (endpoint === undefined) return null;
  return new SpanExporter({
    endpoint,
    headers,
    resource: { 'service.namespace': 'waypost', 'service.name': 'waypost-edge' },
    send: (url, init) => fetch(url, init),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    now: Date.now,
    log: (event, fields) => log({ event, ...fields }),
  });
}

/** The clients of this environment, made at its first request. */
export function clientsOf(env: EdgeEnv, known: WeakMap<EdgeEnv, Clients>, log: Log): Clients {
  const found = known.get(env);
  if (found !== undefined) return found;
  const clients = createClients(env, log);
  known.set(env, clients);
  return clients;
}
