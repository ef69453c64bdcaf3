import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSandboxClient, type SandboxClient } from '../../../runner/sandbox/control-client.ts';
import { startSandbox } from '../../../runner/sandbox/server.ts';
import { inheritedEnvironment } from '../../testing/env.ts';

export type SimulatedWhatsApp = {
  phone: SandboxClient;
  /** A program that runs Chromium with the arguments it is given and those that lead it to the simulated WhatsApp. */
  chromium: string;
  /** Those arguments, for gateways that take arguments and no program. */
  chromiumArgs: readonly string[];
  close: () => Promise<void>;
};

/** The simulated WhatsApp Web on its own, for any program that drives a Chromium. */
export async function startSimulatedWhatsApp(): Promise<SimulatedWhatsApp> {
  const folder = await mkdtemp(join(tmpdir(), 'waypost-peer-'));
  const token = randomBytes(16).toString('hex');
  const sandbox = await startSandbox({ dataDir: join(folder, 'sandbox'), controlToken: token });
  const phone = createSandboxClient({ url: sandbox.controlUrl, token });
  const { profiles } = await phone.info({});
  const chromiumArgs = [
    ...(profiles['stock']?.chromiumArgs ?? []),
    // Chromium refuses its own sandbox to root.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
  const chromium = join(folder, 'chromium');
  const words = [inheritedEnvironment().PUPPETEER_EXECUTABLE_PATH ?? 'chromium', ...chromiumArgs];
  const quoted = words.map((word) => `'${word}'`).join(' ');
  await writeFile(chromium, `#!/bin/sh\nexec ${quoted} "$@"\n`);
  await chmod(chromium, 0o755);
  return {
    phone,
    chromium,
    chromiumArgs,
    close: async () => {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
