import { parseArgs } from 'node:util';
import { complain, say } from '../env.ts';
import { runCommand } from './command.ts';
import { deploy } from './deploy.ts';

/**
 * `npm run deploy`: to Cloudflare, and to Fly with FLEET=fly. `-- --dry-run` checks everything and shows the plan;
 * `--settings FILE` names the file with the Worker's variables.
 */
const { values } = parseArgs({
  options: {
    'dry-run': { type: 'boolean', default: false },
    settings: { type: 'string', default: '.env.production' },
  },
});

process.exitCode = await deploy({
  settingsFile: values.settings,
  dryRun: values['dry-run'],
  run: runCommand,
  say,
}).then(
  () => 0,
  (error: unknown) => {
    complain(`FAIL  ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  },
);
process.disconnect?.();
