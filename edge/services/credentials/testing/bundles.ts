import { createHash, randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type {
  CredentialsCommitRequest,
  CredentialsHolder,
  CredentialsRestoreRequest,
} from '../../../../shared/protocol/credentials.ts';
import type { Services } from '../../../context.ts';
import type { OwnershipWorld } from '../../ownership/testing/world.ts';
import { commitCredentials } from '../commit.ts';
import { toBase64 } from '../../../../shared/base64.ts';
import { openCredentialsSlot } from '../open-slot.ts';
import { restoreCredentials } from '../restore.ts';

export const PHONE = '15550001234';
const FORMAT = 'chromium-profile';

/** A session owned by runner `a`, and what that runner says to the edge about its credentials. */
export async function credentialsOf(world: OwnershipWorld, services: Services = world.services) {
  const sessionId = await world.session({
    runnerId: 'a',
    bootId: 'a-boot-1',
    epoch: 4,
    leaseIn: 30,
    started: { epoch: 3, runnerId: 'b', bootId: 'b-boot-1' },
  });
  const holder: CredentialsHolder = { sessionId, epoch: 4, runnerId: 'a', bootId: 'a-boot-1' };

  const slot = (sizeBytes: number, given: Partial<CredentialsHolder> = {}) =>
    openCredentialsSlot({
      services,
      input: { ...holder, format: FORMAT, seal: 1, sizeBytes, ...given },
    });

  const commit = (
    version: number,
    bytes: Uint8Array,
    given: Partial<CredentialsCommitRequest> = {},
  ) =>
    commitCredentials({
      services,
      input: {
        ...holder,
        version,
        sha256: sha256(bytes),
        sizeBytes: bytes.length,
        contentBytes: 100_000,
        generation: version - 1,
        atRest: false,
        formatVersion: 156,
        phoneNumber: PHONE,
        ...given,
      },
    });

  const { sessionCredentials } = world.schema;
  const rows = () =>
    world.db
      .select()
      .from(sessionCredentials)
      .where(eq(sessionCredentials.sessionId, sessionId))
      .orderBy(sessionCredentials.version);

  return {
    sessionId,
    holder,
    slot,
    commit,

    /** A version from slot to commit, inline. @returns its number */
    keep: async (given: Partial<CredentialsCommitRequest> = {}): Promise<number> => {
      const bytes = randomBytes(200);
      const { version } = await slot(bytes.length);
      await commit(version, bytes, { inline: toBase64(bytes), ...given });
      return version;
    },

    restore: (given: Partial<CredentialsRestoreRequest> = {}) =>
      restoreCredentials({
        services,
        input: { ...holder, format: FORMAT, formatVersion: 156, seal: 1, failed: [], ...given },
      }),

    rows,

    /** Version numbers with their status, and why a version is kept apart. */
    shelf: async (): Promise<string[]> =>
      (await rows()).map(
        ({ version, status, preUpgrade }) =>
          `${version} ${status}${preUpgrade === null ? '' : ` (${preUpgrade})`}`,
      ),
  };
}

export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');
