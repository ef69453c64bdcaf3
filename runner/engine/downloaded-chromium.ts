/** Where puppeteer keeps the Chromium that it downloaded, or null when it has none. */
export async function downloadedChromium(): Promise<string | null> {
  // Only who asks loads it: it would be the largest part of a runner, 15 MiB.
  const { executablePath } = await import('puppeteer');
  try {
    return executablePath({ headless: 'shell' });
  } catch {
    return null;
  }
}
