import { percentile } from '../../testing/stats.ts';
import { sessionTimes, type SessionTimes } from '../sessions.ts';
import { worker } from '../worker.ts';
import type { Part } from './report.ts';
import { withSubject } from './subject.ts';

const ROUNDS = 7;

/** How long a session takes to its QR code and online, and what the Worker's bundle takes to start. Medians. */
export function startsPart(): Promise<Part> {
  return withSubject(async ({ deployment }) => {
    const times: SessionTimes[] = [];
    for (let round = 0; round < ROUNDS; round += 1) times.push(await sessionTimes(deployment));
    const median = (field: keyof SessionTimes) => ({
      unit: 'ms',
      actual: percentile(
        times.map((each) => each[field]),
        0.5,
      ),
    });
    const { gzipKiB, startMs, emptyStartMs } = await worker(deployment);
    return {
      rows: [
        { what: 'start → QR', ...median('startToQrMs'), goal: 500 },
        { what: 'scan → online', ...median('scanToOnlineMs'), goal: 150 },
        { what: 'restore → online', ...median('restoreToOnlineMs') },
        { what: 'Worker bundle, gzip', unit: 'KiB', actual: gzipKiB, goal: 450 },
        {
          what: 'Worker start → first answer, over an empty one',
          unit: 'ms',
          actual: startMs - emptyStartMs,
          goal: 200,
        },
      ],
    };
  });
}
