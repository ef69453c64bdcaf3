import type { CommitRefusal } from '../../../shared/protocol/credentials.ts';
import type { SessionStatus } from '../../../shared/session-status.ts';

export type Judged = {
  /** Of the commit. */
  phoneNumber: string | null;
  generation: number;
  formatVersion: number;
  /** The number that the session's user knows it by; null when none was linked yet. */
  sessionPhoneNumber: string | null;
  sessionStatus: SessionStatus;
  /** The last good version. */
  current: {
    version: number;
    phoneNumber: string;
    formatVersion: number;
  } | null;
};

export type Judgement =
  | { ok: false; reason: CommitRefusal }
  | {
      ok: true;
      /** What there was belongs to another number, and is never handed out again. */
      quarantineOthers: boolean;
      /** Why the last good version is kept apart from now on. */
      keepApart: 'format' | null;
    };

/**
 * Whether a snapshot may take the last good one's place, by what it holds: a registration, the right number, and a generation
 * that is not before the last good one's. Its size says nothing: LevelDB compacts.
 */
export function judgeCommit(commit: Judged): Judgement {
  const { phoneNumber, sessionPhoneNumber, sessionStatus, current } = commit;
  if (phoneNumber === null) return { ok: false, reason: 'registration_missing' };
  if (sessionPhoneNumber !== null && sessionPhoneNumber !== phoneNumber)
    return { ok: false, reason: 'number_changed' };
  if (current === null) return { ok: true, quarantineOthers: false, keepApart: null };
  if (current.phoneNumber !== phoneNumber) {
    // A session with another number than before is online only when its user said so.
    if (sessionPhoneNumber === null || sessionStatus !== 'online')
      return { ok: false, reason: 'number_changed' };
    return { ok: true, quarantineOthers: true, keepApart: null };
  }
  if (commit.generation < current.version) return { ok: false, reason: 'generation_fell' };
  const keepApart = commit.formatVersion > current.formatVersion ? 'format' : null;
  return { ok: true, quarantineOthers: false, keepApart };
}
