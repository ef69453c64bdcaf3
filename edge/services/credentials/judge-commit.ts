import type { CommitRefusal } from '../../../shared/protocol/credentials.ts';
import type { SessionStatus } from '../../../shared/session-status.ts';

/** After this long a smaller profile is believed: LevelDB may really have tidied up, and an ever older copy helps nobody. */
const BELIEVE_SMALLER_AFTER_MS = 86_400_000;

export type Judged = {
  /** Of the commit. */
  phoneNumber: string | null;
  contentBytes: number;
  chromiumMajor: number;
  /** The number that the session's user knows it by; null when none was linked yet. */
  sessionPhoneNumber: string | null;
  sessionStatus: SessionStatus;
  /** The last good version. */
  current: {
    phoneNumber: string;
    contentBytes: number;
    chromiumMajor: number;
    ageMs: number;
  } | null;
};

export type Judgement =
  | { ok: false; reason: CommitRefusal }
  | {
      ok: true;
      /** What there was belongs to another number, and is never handed out again. */
      quarantineOthers: boolean;
      /** Why the last good version is kept apart from now on. */
      keepApart: 'chromium' | 'size' | null;
    };

/** Whether a snapshot may take the last good one's place. It must show a registration, the right number, and no loss. */
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
  const isHalved = commit.contentBytes * 2 < current.contentBytes;
  if (isHalved && current.ageMs < BELIEVE_SMALLER_AFTER_MS)
    return { ok: false, reason: 'size_halved' };
  if (commit.chromiumMajor > current.chromiumMajor)
    return { ok: true, quarantineOthers: false, keepApart: 'chromium' };
  return { ok: true, quarantineOthers: false, keepApart: isHalved ? 'size' : null };
}
