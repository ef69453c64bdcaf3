import { isFullSize } from '../../local/testing/env.ts';
import { SANDBOX_PROFILES, type SandboxProfile } from '../../shared/session-status.ts';

/** What a started deployment inherits of the caller's environment, and nothing else. */
export function inheritedEnvironment(): {
  PATH: string | undefined;
  HOME: string | undefined;
  PUPPETEER_EXECUTABLE_PATH: string | undefined;
} {
  const { PATH, HOME, PUPPETEER_EXECUTABLE_PATH } = process.env;
  return { PATH, HOME, PUPPETEER_EXECUTABLE_PATH };
}

export { isFullSize };

/** How many of a thing a test takes: few in CI, and as many as were promised with `FULL_SIZE=1`. */
export const sized = (few: number, full: number): number => (isFullSize() ? full : few);

/** Builds of WhatsApp Web for what the runner's own tests have on each: today's, and all of them with `FULL_SIZE=1`. */
export const wantedPages = (): readonly SandboxProfile[] =>
  isFullSize() ? SANDBOX_PROFILES : ['2026-09'];
