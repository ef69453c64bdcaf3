import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { signUp } from '../testing/account.ts';
import type { Desk } from '../testing/dashboard.ts';
import { linkMailedTo } from '../testing/mail-client.ts';

/** What an administrator does to the whole deployment. */
export function administration(given: () => Desk): void {
  const rowSays = (name: string, word: string) => {
    const hasBoth = [name, word].map((one) => `innerText.includes(${JSON.stringify(one)})`);
    return given().owner.page.waitForFunction(
      `[...document.querySelectorAll('tbody tr')].some(({ innerText }) => ${hasBoth.join(' && ')})`,
    );
  };

  it('shows an administrator the machines, and changes a tier', async () => {
    const { open, click, sees, violations, page } = given().owner;
    await open('/administration');
    await sees('places are taken.');
    expect(await violations()).toEqual([]);
    await click('Workspaces', 'link');
    await click('Change My workspace');
    await page.locator('dialog select').fill('pro');
    expect(await violations()).toEqual([]);
    await click('Save');
    await page.locator('td ::-p-text(pro)').wait();
  });

  it('opens an account for somebody, who gets a mail', async () => {
    const { open, click, fill, violations, page } = given().owner;
    const email = `carla-${randomUUID().slice(0, 8)}@example.com`;
    await open('/administration?tab=people');
    await click('New account');
    await fill('Name', 'Carla');
    await fill('E-mail address', 'not an address', 'textbox');
    await click('Create account');
    await page.locator('::-p-aria(E-mail address):is([aria-invalid=true])').wait();
    expect(await violations()).toEqual([]);
    await fill('E-mail address', email, 'textbox');
    await click('Create account');
    await rowSays(email, 'Address not confirmed');
    await linkMailedTo(await given().deployment.facts(), email, /password/i);
  });

  it('disables an account, which is out at once, and enables it', async () => {
    const { deployment, owner } = given();
    const { open, click, fill, sees, violations, page } = owner;
    const person = await signUp(deployment, 'dora');
    const answer = async (): Promise<number> => (await person.api.call('GET', '/v1/me')).status;
    expect(await answer()).toBe(200);
    await open('/administration?tab=people');
    await fill('E-mail address', person.email);
    await page.keyboard.press('Enter');
    await click(`Actions for ${person.email}`);
    await click('Disable the account', 'menuitem');
    await sees('They are signed out everywhere, and their API keys stop.');
    expect(await violations()).toEqual([]);
    await click('Disable the account');
    await rowSays(person.email, 'Disabled');
    expect(await answer()).toBe(401);
    await click(`Actions for ${person.email}`);
    await click('Enable the account', 'menuitem');
    await rowSays(person.email, 'Active');
    const entered = await deployment.api.call('POST', '/auth/sign-in/email', {
      body: { email: person.email, password: person.password },
      key: null,
    });
    expect(entered.status).toBe(200);
  });

  it('suspends a workspace, whose people are refused, and lets it go on', async () => {
    const { deployment, owner } = given();
    const { open, click, violations } = owner;
    const person = await signUp(deployment, 'emil');
    const name = 'Emil and sons';
    await person.api.call('PATCH', '/v1/workspace', { body: { name } });
    const answer = async (): Promise<number> =>
      (await person.api.call('GET', '/v1/sessions')).status;
    const toggle = async (): Promise<void> => {
      await click(`Change ${name}`);
      await click('Suspended', 'checkbox');
    };
    await open('/administration?tab=workspaces');
    await toggle();
    expect(await violations()).toEqual([]);
    await click('Save');
    await rowSays(name, 'Suspended');
    expect(await answer()).toBe(403);
    await toggle();
    await click('Save');
    await rowSays(name, 'Active');
    expect(await answer()).toBe(200);
  });
}
