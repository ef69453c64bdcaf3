import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'puppeteer';

/** What the browser saves in `folder` when this is done on the page. */
export async function downloaded(
  page: Page,
  folder: string,
  act: () => Promise<void>,
): Promise<{ name: string; text: string }> {
  const session = await page.browser().target().createCDPSession();
  const { id } = page.browserContext();
  await session.send('Browser.setDownloadBehavior', {
    behavior: 'allowAndName',
    downloadPath: folder,
    eventsEnabled: true,
    ...(id !== undefined && { browserContextId: id }),
  });
  let name = '';
  session.on('Browser.downloadWillBegin', ({ suggestedFilename }) => (name = suggestedFilename));
  const saved = new Promise<string>((resolve, reject) => {
    session.on('Browser.downloadProgress', ({ guid, state }) => {
      if (state === 'completed') resolve(guid);
      if (state === 'canceled') reject(new Error(`the browser gave up on ${name}`));
    });
  });
  await act();
  const text = await readFile(join(folder, await saved), 'utf8');
  await session.detach();
  return { name, text };
}
