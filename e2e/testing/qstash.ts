import { Client } from '@upstash/qstash';
import type { Deployment } from './deployment.ts';
import { settingsOf } from './settings.ts';

/** QStash's own SDK on the deployment's QStash. */
export async function qstashOf(deployment: Deployment): Promise<Client> {
  const { ports, secrets } = await settingsOf(deployment.directory);
  return new Client({ baseUrl: `http://127.0.0.1:${ports.qstash}`, token: secrets.qstashToken });
}
