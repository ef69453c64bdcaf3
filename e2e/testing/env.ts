/** What a started deployment inherits of the caller's environment, and nothing else. */
export function inheritedEnvironment(): {
  PATH: string | undefined;
  HOME: string | undefined;
  PUPPETEER_EXECUTABLE_PATH: string | undefined;
} {
  const { PATH, HOME, PUPPETEER_EXECUTABLE_PATH } = process.env;
  return { PATH, HOME, PUPPETEER_EXECUTABLE_PATH };
}

/** Whether tests that come in two sizes are to take the large one. */
export const isFullSize = (): boolean => process.env['FULL_SIZE'] === '1';
