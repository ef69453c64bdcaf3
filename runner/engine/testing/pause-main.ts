import { z } from 'zod';
import { whilePaused } from '../pause.ts';

/** Stops a process group and never lets it go on by itself. Argument: the group's leader. */
const leader = z.coerce.number().int().min(2).parse(process.argv[2]);

await whilePaused(leader, 60_000, () => {
  process.send?.('stopped');
  return new Promise(() => undefined);
});
