import { describe, expect, it } from 'vitest';
import { SESSION_STATUSES, type SessionStatus } from '../../shared/session-status.ts';
import { SIGNALS, transition, wantsEngine, type Signal } from './state.ts';

/** Columns in the order of SIGNALS; `.` leaves the status as it is. */
const ABBREVIATIONS: Record<string, SessionStatus> = {
  st: 'starting',
  qr: 'qr',
  pc: 'pairing_code',
  au: 'authenticating',
  on: 'online',
  re: 'reconnecting',
  di: 'disconnected',
  lo: 'logged_out',
  ac: 'action_required',
  fa: 'failed',
};

// start resume qr pairing auth ready lost restored logged_out unpaired action conflict crashed start_failed unresp fenced gave_up stopped restart memory crash_loop qr_timeout
const EXPECTED: Record<SessionStatus, string> = {
  created: '        st re . . . . . . lo . . . . . . . . di . . . .',
  starting: '       . re qr pc au on . . lo lo ac di . . . . fa di . . fa di',
  qr: '             . . . pc au on . . lo lo ac di st st st st fa di st st fa di',
  pairing_code: '   . . qr . au on . . lo lo ac di st st st st fa di st st fa di',
  authenticating: ' . . qr pc . on . . lo lo ac di st st st st fa di st st fa di',
  online: '         . . qr pc . . re . lo lo ac di re re re re fa di re re fa di',
  reconnecting: '   . . qr pc . on . on lo lo ac di . . . . fa di . . fa di',
  action_required: '. . qr pc . on . . lo lo . di st st st st fa di st st fa di',
  disconnected: '   st re . . . . . . lo . . . . . . . . . . . . .',
  logged_out: '     st re . . . . . . . . . . . . . . . . . . . .',
  failed: '         st re . . . . . . lo . . . . . . . . di . . . .',
};

const pairs = SESSION_STATUSES.flatMap((status) => {
  const columns = EXPECTED[status].trim().split(/\s+/);
  return SIGNALS.map((signal, index): [SessionStatus, Signal, SessionStatus] => {
    const column = columns[index] ?? 'missing';
    return [status, signal, column === '.' ? status : (ABBREVIATIONS[column] ?? status)];
  });
});

describe('session transitions', () => {
  it.each(pairs)('%s on %s is %s', (status, signal, expected) => {
    expect(transition(status, signal)).toEqual({
      status: expected,
      reason: signal,
      changed: expected !== status,
    });
  });

  it('list every pair', () => {
    for (const status of SESSION_STATUSES)
      expect(EXPECTED[status].trim().split(/\s+/)).toHaveLength(SIGNALS.length);
  });

  it('leave rest only by a start', () => {
    const resting = SESSION_STATUSES.filter((status) => !wantsEngine(status));
    expect(resting).toEqual(['disconnected', 'logged_out']);
    const waking = SIGNALS.filter((signal) =>
      resting.some((status) => wantsEngine(transition(status, signal).status)),
    );
    expect(waking).toEqual(['start', 'resume']);
  });

  it('reach online only by ready or a restored connection', () => {
    const leading = SIGNALS.filter((signal) =>
      SESSION_STATUSES.some(
        (status) => status !== 'online' && transition(status, signal).status === 'online',
      ),
    );
    expect(leading).toEqual(['ready', 'connection_restored']);
  });
});
