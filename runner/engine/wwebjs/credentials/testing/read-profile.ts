import { launch } from 'puppeteer';

const ORIGIN = 'https://web.whatsapp.com/';

/** Opens a profile in a browser that reaches nothing, on an empty page of WhatsApp Web's origin, and runs code there. */
export async function inProfile(
  given: { profileDir: string; chromiumPath: string | null },
  expression: string,
): Promise<unknown> {
  const browser = await launch({
    userDataDir: given.profileDir,
    pipe: true,
    args: ['--no-sandbox'],
    ...(given.chromiumPath === null ? {} : { executablePath: given.chromiumPath }),
  });
  try {
    const page = await browser.newPage();
    await page.setRequestInterception(true);
    page.on('request', (request) => {
      void request.respond({ status: 200, contentType: 'text/html', body: '<!doctype html>' });
    });
    await page.goto(ORIGIN);
    return await page.evaluate(expression);
  } finally {
    await browser.close();
  }
}
