import type { Page } from 'puppeteer';
import { z } from 'zod';

const CARD = 'section[aria-label="Messages by weekday and hour"]';

/** The hours with messages, as `Mon 14`; the map is read once somebody comes to it. */
export async function hoursOnHeatMap(page: Page): Promise<string[]> {
  const card = await page.waitForSelector(CARD);
  await card?.scrollIntoView();
  await page.locator(`${CARD} tbody`).wait();
  const titles = `[...document.querySelectorAll('${CARD} tbody td')]
    .filter(({ innerText }) => innerText.trim() !== '0')
    .map(({ title }) => title.split(':')[0])`;
  return z.array(z.string()).parse(await page.evaluate(titles));
}

/** The same of a moment, in UTC. */
export function hourOf(moment: string): string {
  const at = new Date(moment);
  const day = at.toLocaleDateString('en', { weekday: 'short', timeZone: 'UTC' });
  return `${day} ${at.getUTCHours()}`;
}
