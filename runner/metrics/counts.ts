import type { Report } from '../../shared/protocol/runner-reports.ts';

/** What this process has done since it began. */
export class RunnerCounts {
  readonly settled = { sent: 0, failed: 0, unknown: 0, not_begun: 0 };
  readonly commands = { done: 0, failed: 0 };
  received = 0;
  reconnects = 0;
  heartbeatFailures = 0;
  recycled = 0;

  /** Everything that sessions report passes here, once. */
  reported(report: Report): void {
    if (report.kind === 'message.settled') this.settled[report.outcome] += 1;
    else if (report.kind === 'message.received') this.received += 1;
    else if (report.kind === 'session.reconnect') this.reconnects += 1;
  }
}
