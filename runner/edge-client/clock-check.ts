import { SIGNATURE_LIFETIME_SECONDS } from '../../shared/signing/signed-request.ts';
import type { Log } from '../log.ts';

/** What the edge's answers show about this machine's clock. */
export type ClockCheck = {
  /** A request is signed now; the returned object takes its answer. */
  signing: () => {
    /** The edge took the signature: the clock was right. */
    taken: () => void;
    /** The edge found it out of date. @param skewSeconds by which this clock is ahead, negative: behind */
    outOfDate: (skewSeconds: number) => void;
  };
};

/** Less than this is no wrong clock: the request was long on its way. */
const LEAST_SKEW_SECONDS = SIGNATURE_LIFETIME_SECONDS / 2;

/** Says in one line that the clock is wrong, and in another that it is right again, however often either is found. */
export function createClockCheck(log: Log): ClockCheck {
  let wrong = false;
  let changes = 0;
  const change = (): void => {
    wrong = !wrong;
    changes += 1;
  };
  return {
    signing: () => {
      const signedAfter = changes;
      // A request that was signed before the last change shows nothing about the clock since.
      const isNews = (): boolean => signedAfter === changes;
      return {
        taken: () => {
          if (!wrong || !isNews()) return;
          change();
          log.info('runner.clock_right');
        },
        outOfDate: (skewSeconds) => {
          if (wrong || !isNews() || Math.abs(skewSeconds) < LEAST_SKEW_SECONDS) return;
          change();
          const by = `${Math.abs(skewSeconds)} s ${skewSeconds > 0 ? 'ahead' : 'behind'}`;
          log.error('runner.clock_wrong', {
            skewSeconds,
            advice: `This machine's clock is ${by} of the edge's, which therefore refuses its signatures. Correct the clock: until then the runner owns nothing; afterwards it takes part again by itself.`,
          });
        },
      };
    },
  };
}
