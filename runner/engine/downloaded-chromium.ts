import { executablePath } from 'puppeteer';

/** Where puppeteer keeps the Chromium that it downloaded, or null when it has none. */
export function downloadedChromium(): string | null {
  try {
    return executablePath({ headless: 'shell' });
  } catch {
    return null;
  }
}
