import type { Assignment } from '../../shared/protocol/leases.ts';
import type { Report } from '../../shared/protocol/runner-reports.ts';
import type { Clock } from '../clock.ts';
import type { CredentialKeeper, Online } from '../credentials/keeper.ts';
import type { EngineFactory, InboundFile } from '../engine/port.ts';
import type { Log } from '../log.ts';
import type { SessionFolder } from './session-folder.ts';
import type { SessionTiming } from './timing.ts';

/** What a session's link with a phone works with, and whom it reports to. */
export type PhoneLinkDeps = {
  assignment: Assignment;
  bootId: string;
  clock: Clock;
  random: () => number;
  log: Log;
  timing: SessionTiming;
  folder: SessionFolder;
  engineFactory: EngineFactory;
  /** Makes what keeps sealed copies of the credentials. @param online what the session is at this moment */
  keeper: (online: () => Online | null) => CredentialKeeper;
  leaseIsCurrent: () => boolean;
  startGate: (start: () => Promise<void>) => Promise<void>;
  cameUp: () => void;
  requestHeartbeat: () => void;
  /** @param kept called once the report is on the disk */
  say: (report: Report, file?: InboundFile, kept?: () => void) => void;
  /** The status changed. */
  changed: () => void;
  /** No phone is linked: what is in doubt can never be looked up. */
  linkLost: () => void;
};
