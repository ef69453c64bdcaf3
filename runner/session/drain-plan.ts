/** How a runner spends the time that it has between SIGTERM and its end, in milliseconds from the first. */
export type DrainPlan = {
  /** Sends in flight may take until then. */
  sendWaitMs: number;
  /** Whatever is still open is killed then. */
  killAfterMs: number;
  /** For each of the last words: reports, then the final heartbeat. */
  lastWordMs: number;
};

const CLOSING_MS = 5_000;
const LAST_WORDS_MS = 4_000;

/** Most of the time is for sends; closing a browser in order and the last words get a fixed share, less when there is little. */
export function planDrain(totalMs: number): DrainPlan {
  const lastWords = Math.min(LAST_WORDS_MS, totalMs / 4);
  const closing = Math.min(CLOSING_MS, totalMs / 4);
  return {
    sendWaitMs: totalMs - closing - lastWords,
    killAfterMs: totalMs - lastWords,
    lastWordMs: lastWords / 2,
  };
}
