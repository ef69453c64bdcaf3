import type { Assignment } from '../../shared/protocol/leases.ts';
import type { Report } from '../../shared/protocol/runner-reports.ts';
import type { Clock } from '../clock.ts';
import type { KeeperDeps } from '../credentials/keeper.ts';
import type { EngineFactory, InboundFile } from '../engine/port.ts';
import type { Log } from '../log.ts';
import type { SessionFolder } from './profile.ts';
import type { SessionTiming } from './timing.ts';

/** What a session's engine needs around it. */
export type EngineLinkDeps = Omit<KeeperDeps, 'snapshots'> & {
  assignment: Assignment;
  bootId: string;
  clock: Clock;
  random: () => number;
  log: Log;
  engineFactory: EngineFactory;
  folder: SessionFolder;
  timing: SessionTiming;
  leaseIsCurrent: () => boolean;
  /** Runs a start when few enough others run. */
  startGate: (start: () => Promise<void>) => Promise<void>;
  /** It takes none of the places for starts any more. */
  cameUp: () => void;
  /** @param kept called once it is on the disk */
  say: (report: Report, file?: InboundFile, kept?: () => void) => void;
  /** Status or engine changed. */
  changed: () => void;
  requestHeartbeat: () => void;
  /** No phone is linked: what is in doubt can never be looked up. */
  linkLost: () => void;
};
