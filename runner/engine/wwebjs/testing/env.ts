import { existsSync } from 'node:fs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The Chromium that tests drive; null lets puppeteer use its own. */
export function testChromium(): string | null {
  return (
    process.env['PUPPETEER_EXECUTABLE_PATH'] ?? PLACES.find((path) => existsSync(path)) ?? null
  );
}

export function environmentNames(): string[] {
  return Object.keys(process.env);
}

/** How many copies of a running profile a test takes; `WAYPOST_COPY_ROUNDS` asks for more than the few of every run. */
export function copyRounds(): number {
  return Number(process.env['WAYPOST_COPY_ROUNDS'] ?? 3);
}
