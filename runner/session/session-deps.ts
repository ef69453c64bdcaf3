import type { Report } from '../../shared/protocol/runner-reports.ts';
import type { Clock } from '../clock.ts';
import type { CredentialKeeper, Online } from '../credentials/keeper.ts';
import type { EdgeClient } from '../edge-client/edge-client.ts';
import type { EngineFactory, InboundFile } from '../engine/port.ts';
import type { SendJournal } from '../journal/send-journal.ts';
import type { Log } from '../log.ts';
import type { Tracing } from '../tracing/tracing.ts';
import type { LeaseFence } from './lease-fence.ts';
import type { MediaDownload } from './outbound-media.ts';
import type { SessionFolder } from './session-folder.ts';
import type { Settlements } from './settlements.ts';
import type { SessionTiming } from './timing.ts';

/** What a session works with; the runner makes it. */
export type SessionDeps = {
  bootId: string;
  clock: Clock;
  random: () => number;
  log: Log;
  timing: SessionTiming;
  /** Sends without an ack that may be under way at once in a session without pacing. */
  mostUnacked: number;
  edge: Pick<EdgeClient, 'claim' | 'unsettled'>;
  engineFactory: EngineFactory;
  journal: SendJournal;
  folder: SessionFolder;
  fence: LeaseFence;
  settlements: Settlements;
  download: MediaDownload;
  tracing: Tracing;
  /** Makes what keeps sealed copies of the credentials. @param online what the session is at this moment */
  keeper: (online: () => Online | null) => CredentialKeeper;
  /** Never rejects; resolves when the report is on the disk. */
  report: (report: Report, file?: InboundFile) => Promise<void>;
  /** Resolves when the edge has every report of this session that was made so far. */
  reportsDelivered: () => Promise<void>;
  requestHeartbeat: () => void;
  /** Runs an engine's start when few enough others run. */
  startGate: (start: () => Promise<void>) => Promise<void>;
  /** A start has ended, and its place is free for another session. */
  cameUp: () => void;
  /** Why this runner cannot run the session at all, or null. */
  refusal: string | null;
};
