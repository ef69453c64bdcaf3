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
