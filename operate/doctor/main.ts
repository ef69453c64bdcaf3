import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { VERSION } from '../../shared/version.ts';
import { complain, readOperatorEnv, say } from '../env.ts';
import { ownMigrations } from '../migrations.ts';
import { ask } from './ask.ts';
import { judge } from './judge.ts';
import { isWell, shown } from './line.ts';

/**
 * `npm run doctor`: reports of a running deployment what is wrong, one line for each check. Exits 0 when all is well, 1 when
 * something is broken, 2 when it was called wrongly. `-- --url https://wa.example.com` with METRICS_TOKEN in the environment;
 * without an address, the deployment of this folder. `--json` for programs.
 */
const { values } = parseArgs({ options: { url: { type: 'string' }, json: { type: 'boolean' } } });

const Settings = z.object({
  ports: z.object({ api: z.number() }),
  secrets: z.object({ metricsToken: z.string() }),
});

function target(): { url: string; token: string } {
  if (values.url !== undefined) {
    const { metricsToken: token } = readOperatorEnv();
    if (token === undefined)
      throw new Error('set METRICS_TOKEN in the environment to the Worker’s');
    return { url: values.url, token };
  }
  const file = join(readOperatorEnv().directory, 'settings.json');
  try {
    const { ports, secrets } = Settings.parse(JSON.parse(readFileSync(file, 'utf8')));
    const url = readOperatorEnv().baseUrl ?? `http://127.0.0.1:${ports.api}`;
    return { url, token: secrets.metricsToken };
  } catch (error) {
    throw new Error(
      `no deployment is in ${file}. Name one: npm run doctor -- --url https://wa.example.com`,
      { cause: error },
    );
  }
}

async function main(): Promise<number> {
  const { url, token } = target();
  const own = { version: VERSION, migrations: ownMigrations().length };
  const lines = judge(await ask(url, token, own));
  if (values.json === true) say(JSON.stringify({ ok: isWell(lines), checks: lines }, null, 2));
  else for (const line of lines) say(shown(line));
  return isWell(lines) ? 0 : 1;
}

process.exitCode = await main().catch((error: unknown) => {
  complain(`waypost: ${error instanceof Error ? error.message : String(error)}`);
  return 2;
});
process.disconnect?.();
