/** How a runner spends the time that it has between SIGTERM and its end, in milliseconds from the first. */
type DrainPlan = {
  /** Sends in flight may take until then. */
  sendWaitMs: number;
  /** Whatever is still open is killed then. */
  killAfterMs: number;
  /** For each of the last words: what was not begun and the lease of whatever was killed, all reports, the final heartbeat. */
  lastWordMs: number;
};

const CLOSING_MS = 5_000;
const LAST_WORDS = { count: 3, mostMs: 6_000 };

/** Most of the time is for sends; closing a browser in order and the last words get a fixed share, less when there is little. */
export function planDrain(totalMs: number): DrainPlan {
  const lastWords = Math.min(LAST_WORDS.mostMs, totalMs / 4);
  const closing = Math.min(CLOSING_MS, totalMs / 4);
  return {
    sendWaitMs: totalMs - closing - lastWords,
    killAfterMs: totalMs - lastWords,
    lastWordMs: lastWords / LAST_WORDS.count,
  };
}
