import type { Services } from './context.ts';
import type { EdgeEnv } from './env.ts';
import { createDatabase } from './db/client.ts';
import { createHttpMailer } from './mail/http-mailer.ts';
import { createS3ObjectStore } from './media/s3-object-store.ts';
import { createHubs } from './realtime/hub-client.ts';
import { createFleet } from './runners/fleets/create-fleet.ts';
import { createRunnerClient } from './runners/signed-http-client.ts';
import { createQstashClock } from './webhooks/qstash-clock.ts';

/** Made when it is first asked for, and kept. */
export function once<Made>(make: () => Made): () => Made {
  let made: { value: Made } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Clients that remember nothing of a request. Making them costs more than most requests need of them. */
export type Clients = Pick<
  Services,
  'db' | 'objects' | 'runners' | 'fleet' | 'webhookClock' | 'hubs' | 'mailer'
>;

function createClients(env: EdgeEnv): Clients {
  const db = once(() => createDatabase({ url: env.DATABASE_URL, httpUrl: env.DATABASE_HTTP_URL }));
  const objects = once(() => createS3ObjectStore(env));
  const runners = once(() => createRunnerClient(env));
  const fleet = once(() => createFleet(env));
  const webhookClock = once(() => createQstashClock(env));
  const hubs = once(() => createHubs(env));
  const mailer = once(() => createHttpMailer({ env }));
  return {
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
  };
}

/** The clients of this environment, made at its first request. */
export function clientsOf(env: EdgeEnv, known: WeakMap<EdgeEnv, Clients>): Clients {
  const found = known.get(env);
  if (found !== undefined) return found;
  const clients = createClients(env);
  known.set(env, clients);
  return clients;
}
