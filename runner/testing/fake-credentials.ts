import { createHash, randomBytes } from 'node:crypto';
import {
  CREDENTIALS_INLINE_BYTES,
  CredentialsCommitRequest,
  CredentialsRestoreRequest,
  CredentialsSlotRequest,
} from '../../shared/protocol/credentials.ts';
import type { Assignment } from '../../shared/protocol/leases.ts';

type FakeVersion = {
  sessionId: string;
  version: number;
  epoch: number;
  name: string;
  current: boolean;
  commit: CredentialsCommitRequest | null;
};

type Sessions = ReadonlyMap<string, { assignment: Assignment; owner: string | null }>;
type Answer = { status: number; body: unknown };

/** The edge's side of credentials, in memory; what it judges of a commit is the owner and the digest alone. */
export class FakeCredentials {
  readonly versions: FakeVersion[] = [];
  readonly dataKeys = new Map<string, Buffer>();
  readonly restores: CredentialsRestoreRequest[] = [];
  /** Refuses every commit with this reason. */
  refusal: string | null = null;
  readonly #urlOf: (name: string) => string;

  constructor(urlOf: (name: string) => string) {
    this.#urlOf = urlOf;
  }

  /** Committed versions of a session, oldest first. */
  kept(sessionId: string): (FakeVersion & { commit: CredentialsCommitRequest })[] {
    return this.versions.filter(
      (version): version is FakeVersion & { commit: CredentialsCommitRequest } =>
        version.sessionId === sessionId && version.commit !== null,
    );
  }

  answer(name: string, body: unknown, sessions: Sessions, stored: Map<string, Buffer>): Answer {
    if (name === 'credentials/slot')
      return this.#slot(CredentialsSlotRequest.parse(body), sessions);
    if (name === 'credentials/commit')
      return this.#commit(CredentialsCommitRequest.parse(body), sessions, stored);
    if (name === 'credentials/restore')
      return this.#restore(CredentialsRestoreRequest.parse(body), sessions);
    return { status: 404, body: {} };
  }

  #slot(request: CredentialsSlotRequest, sessions: Sessions): Answer {
    const { sessionId, epoch } = request;
    const session = ownedBy(request, sessions);
    if (session === null) return refused('stale_epoch');
    const version = this.versions.filter((other) => other.sessionId === sessionId).length + 1;
    const name = `${sessionId}-${version}`;
    this.versions.push({ sessionId, version, epoch, name, current: false, commit: null });
    return {
      status: 200,
      body: {
        version,
        workspaceId: session.workspaceId,
        dataKey: this.#dataKey(sessionId),
        uploadUrl: request.sizeBytes <= CREDENTIALS_INLINE_BYTES ? null : this.#urlOf(name),
      },
    };
  }

  #commit(
    request: CredentialsCommitRequest,
    sessions: Sessions,
    stored: Map<string, Buffer>,
  ): Answer {
    const { sessionId, version } = request;
    if (this.refusal !== null) return refused(this.refusal);
    if (ownedBy(request, sessions) === null) return refused('stale_epoch');
    const row = this.versions.find(
      (other) => other.sessionId === sessionId && other.version === version,
    );
    if (row === undefined) return refused('superseded');
    if (row.commit?.sha256 === request.sha256) {
      row.commit = request;
      return { status: 200, body: { version } };
    }
    if (request.generation < this.#generation(sessionId)) return refused('generation_fell');
    if (request.inline !== undefined) stored.set(row.name, Buffer.from(request.inline, 'base64'));
    const bytes = stored.get(row.name) ?? Buffer.alloc(0);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== request.sha256 || bytes.length !== request.sizeBytes)
      return refused('not_stored');
    row.commit = request;
    return { status: 200, body: { version } };
  }

  #restore(request: CredentialsRestoreRequest, sessions: Sessions): Answer {
    this.restores.push(request);
    if (ownedBy(request, sessions) === null) return refused('stale_epoch');
    const kept = this.kept(request.sessionId);
    const failed = new Set(request.failed.map(({ version }) => version));
    const openable = kept.filter(({ commit }) => commit.formatVersion <= request.formatVersion);
    const newest = openable.findLast(({ version }) => !failed.has(version));
    if (newest === undefined) {
      const reason = kept.length === 0 ? 'none' : openable.length === 0 ? 'too_new' : 'unopenable';
      const generation = this.#generation(request.sessionId);
      return { status: 200, body: { found: false, reason, generation } };
    }
    const { sha256, sizeBytes, phoneNumber } = newest.commit;
    const { version, epoch, name } = newest;
    const body = {
      found: true,
      version,
      generation: this.#generation(request.sessionId),
      epoch,
      seal: 1,
      sha256,
      sizeBytes,
      phoneNumber,
      dataKey: this.#dataKey(request.sessionId),
      inline: null,
      downloadUrl: this.#urlOf(name),
    };
    return { status: 200, body };
  }

  #generation(sessionId: string): number {
    return this.kept(sessionId).at(-1)?.version ?? 0;
  }

  #dataKey(sessionId: string): string {
    const key = this.dataKeys.get(sessionId) ?? randomBytes(32);
    this.dataKeys.set(sessionId, key);
    return key.toString('base64');
  }
}

function ownedBy(
  holder: { sessionId: string; epoch: number; runnerId: string; bootId: string },
  sessions: Sessions,
): Assignment | null {
  const session = sessions.get(holder.sessionId);
  const isOwner =
    session?.assignment.epoch === holder.epoch &&
    session.owner === `${holder.runnerId}/${holder.bootId}`;
  return isOwner ? session.assignment : null;
}

const refused = (reason: string): Answer => ({
  status: 409,
  body: { success: false, error: { code: 'CONFLICT', message: reason, details: { reason } } },
});
