import { isDeepStrictEqual } from 'node:util';
import type { CredentialsCommitRequest } from '../../shared/protocol/credentials.ts';
import type { Assignment } from '../../shared/protocol/leases.ts';
import type { EdgeClient } from '../edge-client/edge-client.ts';
import type { CredentialsState, EngineCredentials } from '../engine/credentials.ts';
import type { Log } from '../log.ts';
import type { Restoration, SessionFolder } from '../session/session-folder.ts';
import { restoreCredentials } from './restore.ts';
import { takeSnapshot } from './snapshot.ts';

export type CopiesDeps = {
  edge: Pick<EdgeClient, 'credentialsSlot' | 'credentialsCommit' | 'credentialsRestore'>;
  assignment: Assignment;
  runnerId: string;
  bootId: string;
  log: Log;
  folder: SessionFolder;
  /** How the session's engine keeps its link. */
  credentials: EngineCredentials;
};

/** The sealed copies of one session's credentials that the edge keeps, as its owner in one epoch makes and restores them. */
export class Copies {
  readonly #deps: CopiesDeps;
  #last: (CredentialsState & { sealedBytes: number; commit: CredentialsCommitRequest }) | null =
    null;

  constructor(deps: CopiesDeps) {
    this.#deps = deps;
  }

  /** The last one made in this epoch. */
  get last(): (CredentialsState & { sealedBytes: number }) | null {
    return this.#last;
  }

  /** Whether the last one has everything of `state`. */
  has({ files }: CredentialsState): boolean {
    return isDeepStrictEqual(this.#last?.files, files);
  }

  /**
   * Seals what is in `directory` and makes it the current version.
   * @param copy.state of the link when it was copied
   * @throws EdgeError when the edge refuses; TransferError when storage does not take it
   */
  async make(copy: {
    directory: string;
    state: CredentialsState;
    phoneNumber: string;
    signal: AbortSignal;
    /** The engine has closed: nothing newer exists. */
    atRest: boolean;
  }): Promise<void> {
    const { assignment, bootId, credentials, edge, folder, log } = this.#deps;
    const { state, ...rest } = copy;
    const { commit, ...kept } = await takeSnapshot({
      ...rest,
      files: state.files,
      edge,
      credentials,
      holder: this.#holder(),
      generation: folder.generation,
      beforeCommit: (version) => folder.copying({ epoch: assignment.epoch, bootId }, version),
    });
    this.#last = { ...state, sealedBytes: kept.sizeBytes, commit };
    log.info('credentials.kept', { ...this.#names(), ...kept });
  }

  /** Confirms that the last copy is all there is. @returns false when something changed after it */
  async confirmAtRest(state: CredentialsState): Promise<boolean> {
    if (this.#last === null || !this.has(state)) return false;
    await this.#deps.edge.credentialsCommit({ ...this.#last.commit, atRest: true });
    return true;
  }

  /**
   * Brings the newest copy that opens onto this disk.
   * @throws when edge or storage are out of reach, or a newer engine or runner made all that there is
   */
  async restore(signal: AbortSignal): Promise<Restoration> {
    const { edge, log, assignment, credentials, folder } = this.#deps;
    const result = await restoreCredentials({
      edge,
      log,
      credentials,
      holder: this.#holder(),
      workspaceId: assignment.workspaceId,
      stateDir: folder.stateDir,
      workDir: folder.snapshotDir,
      signal,
    });
    const { generation } = result;
    if (result.restored) return { restored: true, lost: null, generation };
    if (result.reason === 'too_new')
      throw new Error(
        'a newer engine or runner made its credentials; update this runner, or log the session out',
      );
    log.warn('credentials.none', { ...this.#names(), reason: result.reason });
    if (result.reason === 'unopenable')
      return { restored: false, lost: 'no kept version opens', generation };
    const wasLinked = assignment.phoneNumber != null;
    return { restored: false, lost: wasLinked ? 'no credentials are kept' : null, generation };
  }

  #holder() {
    const { runnerId, bootId } = this.#deps;
    return { ...this.#names(), runnerId, bootId };
  }

  #names(): { sessionId: string; epoch: number } {
    const { sessionId, epoch } = this.#deps.assignment;
    return { sessionId, epoch };
  }
}
