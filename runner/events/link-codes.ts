import type { Report } from '../../shared/protocol/runner-reports.ts';

type CredentialReport = Extract<Report, { kind: 'session.qr' | 'session.pairing_code' }>;

/** A code to link a phone with. */
export function isCredential(report: Report): report is CredentialReport {
  return report.kind === 'session.qr' || report.kind === 'session.pairing_code';
}

/** An expired code to link a phone is worthless, so it is dropped. */
export function isSpent(report: Report, now: number): boolean {
  return isCredential(report) && report.expiresAt <= now;
}
