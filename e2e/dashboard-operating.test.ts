import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Visitor } from './testing/browser.ts';
import { type Desk, openDashboard } from './testing/dashboard.ts';

let desk: Desk;
let owner: Visitor;
beforeAll(async () => {
  desk = await openDashboard();
  ({ owner } = desk);
});
afterAll(async () => {
  expect(owner.complaints).toEqual([]);
  await desk.dispose();
});

it('shows on one page what needs a person, what was sent today, and what of the tier is used', async () => {
  const { api } = desk.deployment;
  await owner.sees('Nothing needs you.');
  const body = { to: '+15550100010', text: 'Counted' };
  await api.call('POST', '/v1/messages/text', { body, headers: { prefer: 'wait=20' } });
  await api.call('POST', '/v1/sessions', { body: { name: 'unlinked', mode: 'sandbox' } });
  await owner.sees('unlinked: Scan the code');
  await owner.page.waitForFunction(
    `[...document.querySelectorAll('dt')].find((dt) => dt.innerText === 'Sent')?.nextElementSibling?.innerText === '1'`,
  );
  await owner.sees('2 of 40');
  await owner.sees('The webhook inspector of this deployment');
  expect(await owner.violations()).toEqual([]);
  await owner.click('Look: unlinked: Scan the code', 'link');
  await owner.arrives(/^\/sessions\/ses_/);
});
