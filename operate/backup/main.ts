import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { complain, readOperatorEnv, say } from '../env.ts';
import { backup, restore } from './archive.ts';

/** `npm run backup [-- --to FOLDER]` and `npm run restore -- FILE`, of the stopped deployment in WAYPOST_DIR. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { to: { type: 'string', default: 'backups' } },
});
const [verb, file] = positionals;
const { directory, databaseUrl } = readOperatorEnv();

try {
  if (verb === 'backup') {
    say(`Backup: ${backup({ directory, to: resolve(values.to) })}`);
    say('It holds every key of this deployment. Keep it where only you can read it.');
  } else if (file === undefined) {
    throw new Error('name the file: npm run restore -- FILE');
  } else {
    const { version, madeAt } = restore({ file: resolve(file), directory });
    say(`Restored into ${directory}: version ${version}, made ${madeAt}. Start it with npm start.`);
  }
  if (databaseUrl !== undefined)
    say(
      'The database of DATABASE_URL is not in it: docs/deployment/backup.md says how to dump it.',
    );
} catch (error) {
  complain(`waypost: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
process.disconnect?.();
