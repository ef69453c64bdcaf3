import type { Browser } from 'puppeteer';
import { launchBrowser, newVisitor, type Visitor } from './browser.ts';
import { type Deployment, startDeployment } from './deployment.ts';

export type Desk = {
  deployment: Deployment;
  browser: Browser;
  apiUrl: string;
  /** The owner of the local workspace, signed in. */
  owner: Visitor;
  dispose: () => Promise<void>;
};

/** A deployment, and its owner in front of the dashboard. */
export async function openDashboard(): Promise<Desk> {
  const [deployment, browser] = await Promise.all([startDeployment(), launchBrowser()]);
  const { apiUrl } = await deployment.facts();
  const owner = await newVisitor(browser, apiUrl);
  const [link = ''] = /\/sign-in\/link#\S+/.exec(deployment.output()) ?? [];
  await owner.open(link);
  await owner.arrives(/^\/$/);
  return {
    deployment,
    browser,
    apiUrl,
    owner,
    dispose: async () => {
      await Promise.all([deployment.dispose(), browser.close()]);
    },
  };
}
