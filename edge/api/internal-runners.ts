import { z } from 'zod';
import {
  ClaimRequest,
  CredentialsCommitRequest,
  CredentialsRestoreRequest,
  CredentialsSlotRequest,
  DeathNotice,
  HeartbeatRequest,
  MediaSlotRequest,
  ReportBatch,
  UnsettledRequest,
} from '../../shared/protocol/index.ts';
import type { Services } from '../context.ts';
import type { App } from '../http/app.ts';
import { limitBodyTo } from '../middleware/accept-body.ts';
import { authenticateRunner } from '../middleware/authenticate-runner.ts';
import { commitCredentials } from '../services/credentials/commit.ts';
import { openCredentialsSlot } from '../services/credentials/open-slot.ts';
import { restoreCredentials } from '../services/credentials/restore.ts';
import { deliverSoon } from '../services/deliveries/deliver-soon.ts';
import { ingestReports } from '../services/reports/ingest-reports.ts';
import { heartbeat } from '../services/ownership/heartbeat.ts';
import { reportDeath } from '../services/ownership/report-death.ts';
import { claimMessages } from '../services/queue/claim.ts';
import { openMediaSlot } from '../services/queue/media-slot.ts';
import { listUnsettled } from '../services/queue/unsettled.ts';
import { readBody } from './internal-runners/read-body.ts';

/** A batch of 200 reports, or a sealed bundle that travels with its commit. */
const BODY_LIMIT_BYTES = 2 * 1024 * 1024;

/** Whom a call is about, for its line in the log. */
const Named = z.object({ runnerId: z.string(), sessionId: z.string() }).partial();

type Verb<Input> = (call: { services: Services; input: Input }) => Promise<unknown>;

const route =
  <Schema extends z.ZodType>(path: string, body: Schema, verb: Verb<z.output<Schema>>) =>
  (app: App): void => {
    app.post(`/internal/runners/${path}`, async (c) => {
      const services = c.get('services');
      const input = await readBody(c, body);
      Object.assign(services.noted, Named.parse(input));
      return c.json(await verb({ services, input }));
    });
  };

/** What runners call, by path, with what they send: shared/protocol says what each asks and answers. */
const ROUTES = [
  route('heartbeat', HeartbeatRequest, heartbeat),
  route('death', DeathNotice, async (call) => {
    await reportDeath(call);
    return {};
  }),
  route('claim', ClaimRequest, claimMessages),
  route('unsettled', UnsettledRequest, listUnsettled),
  route('reports', ReportBatch, ({ services, input }) =>
    ingestReports({
      services,
      ...input,
      handOver: (bells) => deliverSoon(services, bells),
    }),
  ),
  route('media', MediaSlotRequest, openMediaSlot),
  route('credentials/slot', CredentialsSlotRequest, openCredentialsSlot),
  route('credentials/commit', CredentialsCommitRequest, commitCredentials),
  route('credentials/restore', CredentialsRestoreRequest, restoreCredentials),
];

/** Signed, and not in the public document; answers are the bare shapes of shared/protocol. */
export function registerInternalRunners(app: App): void {
  app.use('/internal/runners/*', limitBodyTo(BODY_LIMIT_BYTES), authenticateRunner());
  for (const register of ROUTES) register(app);
}
