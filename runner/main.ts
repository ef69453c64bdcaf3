import { downloadedChromium } from './engine/downloaded-chromium.ts';
import { bundleSessionProcess } from './engine/process/bundle.ts';
import { processEngineFactory } from './engine/process/process-engine.ts';
import { parseEnv } from './env.ts';
import { createLog } from './log.ts';
import { createSandboxClient } from './sandbox/control-client.ts';
import { startRunner } from './start.ts';
import { runUntilTold } from './until-told.ts';

const env = parseEnv();
const log = createLog({ level: env.LOG_LEVEL, base: { runnerId: env.RUNNER_ID } });
const sandbox =
  env.SANDBOX_URL === undefined || env.SANDBOX_TOKEN === undefined
    ? null
    : createSandboxClient({ url: env.SANDBOX_URL, token: env.SANDBOX_TOKEN });

await runUntilTold(
  log,
  await startRunner({
    env,
    sandbox,
    engineFactory: processEngineFactory({
      program: await bundleSessionProcess(env.WWEBJS_DATA_DIR),
      chromiumPath: env.PUPPETEER_EXECUTABLE_PATH ?? downloadedChromium(),
      sandboxChromiumArgs: async (profile) => {
        if (sandbox === null) throw new Error('this runner has no sandbox');
        const { profiles } = await sandbox.info({});
        return profiles[profile].chromiumArgs;
      },
      log: (entry) => log.info('engine', entry),
    }),
  }),
);
